using Ticketing.Contracts;
using Ticketing.Events.Auditing;
using Ticketing.Events.Browsing;
using Ticketing.Events.Catalog;
using Ticketing.Events.Changes;
using Ticketing.Events.Coupons;
using Ticketing.Events.Pictures;
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
            options.AddOperationTransformer(TakesEffect.DescribeAsync);
        });
        builder.Services.AddValidation();
        builder
            .Services.AddOptions<EventsOptions>()
            .BindConfiguration("Events")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddAnswerCache<EventsDb>();
        builder.Services.AddSingleton<EventSearch>();
        builder.Services.AddHostedService<RedemptionSweeper>();
        // The others are what organizers made, and stay; `team_members` keeps who left, so that no old message brings them
        // back.
        builder.Services.AddRetention(
            new RetentionRule(
                "coupon_redemptions",
                "state <> 'Held' AND expires_at < now() - interval '400 days'",
                "So long an order may be refunded and its coupon be used again; what was unpaid goes with it."
            ),
            Invitation.Rule,
            AuditSchema.Rule
        );

        var app = builder.Build();
        app.UseServiceDefaults();
        app.UseTakesEffect();
        app.MapTeams();
        app.MapVenues();
        app.MapCatalog();
        app.MapPictures();
        app.MapBrowsing();
        app.MapCoupons();
        app.MapChanges();
        app.MapAuditing();
        return app;
    }
}
