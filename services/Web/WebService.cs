using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.DataProtection;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Web.Administration;
using Ticketing.Web.Api;
using Ticketing.Web.Buyer;
using Ticketing.Web.Door;
using Ticketing.Web.Hosting;
using Ticketing.Web.Language;
using Ticketing.Web.Layout;
using Ticketing.Web.Organizer;
using Ticketing.Web.SignIn;

namespace Ticketing.Web;

/// <summary>The pages: rendered here, with what the public API answers; a client of it like any other.</summary>
public static class WebService
{
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder(AppIds.Web, args);
        builder
            .Services.AddOptions<WebOptions>()
            .BindConfiguration(WebOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        var options = builder.Configuration.GetSection(WebOptions.Section).Get<WebOptions>() ?? new();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<SessionKeys>();
        builder.Services.AddHostedService(sp => sp.GetRequiredService<SessionKeys>());
        builder.Services.AddHealthChecks().AddCheck<SessionKeys>("keys");
        builder.Services.AddSingleton<IDataProtectionProvider>(sp => new DerivedKeyProtection(
            () => sp.GetRequiredService<SessionKeys>().All,
            AppIds.Web
        ));
        builder.Services.AddSingleton<Assets>();
        builder.Services.AddSingleton<Sidecar>();
        builder.Services.AddScoped<TicketingApi>();
        builder.Services.AddScoped<HoldCookie>();
        builder.AddSignIn(options);
        // Letters of any script as themselves; what means something to HTML is escaped all the same.
        builder.Services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        builder.Services.AddRazorComponents();

        var app = builder.Build();
        app.UseMiddleware<HeadAsGet>();
        app.UseRouting();
        app.UseMiddleware<PublicOrigin>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseServiceDefaults(answers =>
        {
            answers.UseLanguages();
            answers.UseMiddleware<PageErrors>();
        });
        app.UseMiddleware<PageCache>();
        app.UseAntiforgery();
        app.MapAssets();
        app.MapAccentSheets();
        app.MapSignIn();
        app.MapLanguage();
        app.MapBuyer();
        app.MapOrganizer();
        app.MapDoor();
        app.MapAdministration();
        app.MapRazorComponents<App>();
        app.MapFallback("{**path}", PageErrors.NotFound).AllowAnonymous();
        return app;
    }
}
