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
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults(AppIds.Events);
        builder.AddDatabase<EventsDb>();
        builder.Services.AddOpenApi(options =>
        {
            OpenApiDefaults.Configure(options);
            options.AddSchemaTransformer(WireSchemas.DescribeAsync);
            options.AddOperationTransformer(
                (operation, _, _) => WireSchemas.DescribeIfMatch(operation)
            );
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
