using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

internal static class TicketRoutes
{
    public static void AddIssuedTickets(this IServiceCollection services)
    {
        services.AddSingleton<TicketSigner>();
        services.AddSingleton<TicketLinks>();
        services.AddMetrics<TicketMetrics>();
    }

    public static void MapIssuedTickets(this WebApplication app)
    {
        app.MapGet("/api/v1/me/tickets", ListMyTickets.Handle)
            .Rehearsed()
            .WithName("ListMyTickets")
            .WithTags("Tickets")
            .ProducesValidationProblem();
        var tickets = app.MapGroup("/api/v1/tickets").WithTags("Tickets");
        tickets
            .MapGet("", ListOrderTickets.Handle)
            .WithName("ListOrderTickets")
            .AllowAnonymous()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status410Gone);
        tickets
            .MapGet("/{id:guid}", GetTicket.Handle)
            .Rehearsed()
            .WithName("GetTicket")
            .ProducesProblem(StatusCodes.Status404NotFound);
        tickets
            .MapPost("/{id:guid}/reissue", ReissueTicket.Handle)
            .WithName("ReissueTicket")
            .WithIdempotency()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        tickets.MapGet("/keys", GetKeys.Handle).WithName("GetTicketKeys").AllowAnonymous();

        app.MapEvent<TicketsDb, OrderRescheduled>(OnOrderRescheduled.Handle);
        // Not in the inbox: again is harmless.
        app.MapEvent<UserErased>(OnUserErased.Handle);
        app.MapInternal().MapPost("/orders/{orderId:guid}/void", VoidOrderTickets.Handle);
        app.MapInternal().MapPost("/orders/{orderId:guid}/block", BlockOrderTickets.Handle);
        app.MapInternal().MapPost("/orders/{orderId:guid}/unblock", UnblockOrderTickets.Handle);
        app.MapInternal().MapGet("/tickets/order", FindTicketOrder.Handle);
        app.MapInternal().MapGet("/exports/{id:guid}", ExportPerson.Handle);
    }
}
