namespace Ticketing.Tickets.Documents;

internal static class DocumentRoutes
{
    public static void AddDocuments(this IServiceCollection services)
    {
        services.AddSingleton<EventPictures>();
        services.AddSingleton<TicketDocuments>();
        services.AddHostedService<DocumentSweeper>();
    }

    public static void MapDocuments(this WebApplication app)
    {
        Describe(app.MapGet("/api/v1/tickets/{id:guid}/pdf", GetTicketPdf.Handle).WithName("GetTicketPdf"));
        Describe(app.MapGet("/api/v1/tickets/pdf", GetOrderPdf.Handle).WithName("GetOrderPdf"));
    }

    private static void Describe(RouteHandlerBuilder route) =>
        route
            .WithTags("Tickets")
            .AllowAnonymous()
            .Produces(StatusCodes.Status200OK, contentType: "application/pdf")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status410Gone);
}
