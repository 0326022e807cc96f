using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.Catalog;
using Ticketing.Tickets.CheckIns;
using Ticketing.Tickets.Documents;
using Ticketing.Tickets.Holds;
using Ticketing.Tickets.IssuedTickets;
using Ticketing.Tickets.Transfers;

namespace Ticketing.Tickets;

/// <summary>Inventory, holds, issued tickets, the door.</summary>
public static class TicketsService
{
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder(AppIds.Tickets, args);
        builder.AddDatabase<TicketsDb>();
        // A lambda, not a method group: else the XML comments stay out.
        builder.Services.AddOpenApi(options =>
            OpenApiDefaults.Configure(
                options,
                ("Tickets", "What lets one in."),
                ("Transfers", "Tickets offered to other people."),
                ("Sessions", "Dates of an event: what is sold of them, and what is left."),
                ("Holds", "Places kept for some minutes."),
                ("Check-ins", "Who came in, and through which gate.")
            )
        );
        builder.Services.AddValidation();
        builder.Services.AddCatalog();
        builder.Services.AddHolds();
        builder.Services.AddIssuedTickets();
        builder.Services.AddTransfers();
        builder.Services.AddDocuments();
        builder.Services.AddCheckIns();

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapCatalog();
        app.MapHolds();
        app.MapIssuedTickets();
        app.MapTransfers();
        app.MapDocuments();
        app.MapCheckIns();
        app.MapTeamMembers<TicketsDb>();
        return app;
    }
}
