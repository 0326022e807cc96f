using Ticketing.Contracts;
using Ticketing.Events.Browsing;
using Ticketing.Events.Coupons;
using Ticketing.Events.Programme;
using Ticketing.Events.Teams;
using Ticketing.Events.Venues;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events;

/// <summary>Organizers and their teams, venues, seat maps, events and what is sold of them, coupons.</summary>
public static class EventsService
{
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder(AppIds.Events, args);
        builder.AddDatabase<EventsDb>();
        builder.Services.AddOpenApi(options =>
        {
            OpenApiDefaults.Configure(
                options,
                ("Events", "What is put on, and when it is on sale."),
                ("Sessions", "Dates of an event: what is sold of them, and what is left."),
                ("Organizers", "Who puts on, and their teams."),
                ("Venues", "Where, with seat maps."),
                ("Coupons", "Discounts of an event.")
            );
            options.AddSchemaTransformer(WireSchemas.DescribeAsync);
        });
        builder.Services.AddValidation();
        builder.Services.AddSingleton<PageCache>();

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapOpenApi().AllowAnonymous();
        app.MapTeams();
        app.MapVenues();
        app.MapProgramme();
        app.MapBrowsing();
        app.MapCoupons();
        return app;
    }
}
