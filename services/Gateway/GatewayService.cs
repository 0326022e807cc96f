using System.Diagnostics;
using Microsoft.AspNetCore.HttpOverrides;
using Ticketing.Contracts;
using Ticketing.Gateway.Docs;
using Ticketing.Gateway.Edge;
using Ticketing.Gateway.Routing;
using Ticketing.ServiceDefaults;

namespace Ticketing.Gateway;

/// <summary>The one public origin: routes to the services, limits and hardens what comes in and goes out.</summary>
public static class GatewayService
{
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder(AppIds.Gateway, args);
        builder
            .Services.AddOptions<GatewayOptions>()
            .BindConfiguration("Gateway")
            .ValidateDataAnnotations()
            .Validate<IHostEnvironment>(
                (o, host) => host.IsDevelopment() || !o.DevPages,
                "Gateway:DevPages is for development alone."
            )
            .Validate(
                o => o.TrustedProxies.All(network => System.Net.IPNetwork.TryParse(network, out _)),
                "Gateway:TrustedProxies must be networks such as 10.0.0.0/8."
            )
            .ValidateOnStart();
        var options = builder.Configuration.GetSection("Gateway").Get<GatewayOptions>() ?? new();
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            foreach (var network in options.TrustedProxies)
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        });
        builder.Services.AddCors(cors =>
            cors.AddDefaultPolicy(p =>
                p.WithOrigins([.. options.CorsOrigins])
                    .AllowAnyHeader()
                    .AllowAnyMethod()
                    .WithExposedHeaders(
                        "ETag",
                        "Location",
                        "Retry-After",
                        "RateLimit",
                        "RateLimit-Policy",
                        ClientTraces.Header
                    )
            )
        );
        builder.Services.AddSingleton<RateLimits>();
        builder.Services.AddSingleton<DistributedContextPropagator, ClientTraces>();
        builder.AddServiceRoutes(options);

        var app = builder.Build();
        app.UseForwardedHeaders();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<ForwardablePaths>();
        app.UseServiceDefaults();
        app.UseCors();
        // A bad token is a request, too: it counts as one of its network address.
        app.UseMiddleware<RateLimitMiddleware>();
        app.UseMiddleware<RefuseBadTokens>();
        app.UseMiddleware<BodyLimits>();
        ApiDocument.MapAll(app, options);
        app.MapDocs(options);
        app.MapReverseProxy()
            .ConfigureEndpoints(
                (endpoint, route) =>
                {
                    endpoint.AllowAnonymous(); // each service decides about its own endpoints
                    if (ServiceRoutes.IsHome(route))
                        endpoint.Rehearsed();
                }
            );
        app.MapNoPages();
        app.MapFallback("{**path}", () => TypedResults.NotFound()).AllowAnonymous();
        return app;
    }
}
