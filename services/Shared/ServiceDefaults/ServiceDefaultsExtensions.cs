using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Ticketing.ServiceDefaults;

/// <summary>What every service does the same way.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Bodies are small JSON documents; what needs more says so at its endpoint.</summary>
    public const long MaxBodyBytes = 256 * 1024;

    /// <summary>
    /// What a process is started with holds for its life. A watch of its files would take one of the 128 inotify
    /// instances that Linux gives a user: all pods of a node together, all programs of a developer.
    /// </summary>
    public const string KeepConfiguration = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>
    /// What logs queries and forms of requests: addresses, names, keys of links. One line without them tells of each
    /// request instead.
    /// </summary>
    private static readonly string[] TellsOfPeople =
    [
        "Microsoft.AspNetCore.Hosting.Diagnostics",
        "OpenIddict",
        "System.Net.Http.HttpClient",
        "Yarp.ReverseProxy.Forwarder",
    ];

    /// <summary>Begins a service. <paramref name="appId"/> is its Dapr app id.</summary>
    public static WebApplicationBuilder CreateBuilder(string appId, string[] args)
    {
        var builder = WebApplication.CreateBuilder([KeepConfiguration, .. args]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
        // A failed command surfaces as an exception; the first migration probes a table that is not there yet.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.Critical);
        // Who asks is answered; why a service is not ready is logged where it arises, not with each probe.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
        foreach (var category in TellsOfPeople)
            builder.Logging.AddFilter(category, LogLevel.Warning);
        builder.Services.AddHttpLogging(o =>
        {
            o.LoggingFields =
                HttpLoggingFields.RequestMethod
                | HttpLoggingFields.RequestPath
                | HttpLoggingFields.ResponseStatusCode
                | HttpLoggingFields.Duration;
            o.CombineLogs = true;
        });
        // One JSON object a line, with the ids of trace and span; people at a terminal keep the plain form.
        if (!builder.Environment.IsDevelopment())
            builder.Logging.AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "O";
            });
        // Early: some read it while they are built.
        if (builder.Configuration["Public:BaseUrl"] is { } url && !PublicOptions.IsOrigin(url))
            throw new InvalidOperationException("Public:BaseUrl must be an absolute http(s) address.");
        builder.Services.AddOptions<PublicOptions>().BindConfiguration("Public");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.Configure<JsonOptions>(o => ConfigureJson(o.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.AddProblems();
        builder.Services.AddTicketingAuth(builder.Configuration);
        builder.Services.AddDaprClient(dapr =>
        {
            var channel = new GrpcChannelOptions
            {
                DisposeHttpClient = true,
                // As the SDK has it by default.
                ThrowOperationCanceledOnCancellation = true,
            };
            channel.LimitCalls();
            dapr.UseJsonSerializationOptions(Json).UseGrpcChannelOptions(channel);
        });
        builder.Services.AddSingleton<SecretReader>();
        builder.Services.AddSingleton<PersonalDataProtector>();
        builder.Services.AddSingleton(new ServiceIdentity(appId));
        builder.Services.AddSingleton(sp => Peers.Create(sp.GetRequiredService<IConfiguration>()));
        builder
            .Services.AddOptions<DrainOptions>()
            .BindConfiguration("Drain")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(sp => sp.GetRequiredService<Drain>());
        builder
            .Services.AddOptions<WarmUpOptions>()
            .BindConfiguration("WarmUp")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<WarmUp>();
        builder.Services.AddHostedService(sp => sp.GetRequiredService<WarmUp>());
        builder.Services.AddHealthChecks().AddCheck<Drain>("drain").AddCheck<WarmUp>("warm-up");
        builder
            .Services.AddOptions<TracesOptions>()
            .BindConfiguration("Traces")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddMetrics<MessagingMetrics>();
        builder.AddTelemetry(appId);
        builder.AddMetricsEndpoint();
        builder.Services.AddHostedService<StartingMetrics.Starter>();
        return builder;
    }

    /// <summary>Call before mapping the service's own endpoints.</summary>
    /// <param name="answers">Middleware of a service that has other answers than problems to what goes wrong.</param>
    public static WebApplication UseServiceDefaults(this WebApplication app, Action<WebApplication>? answers = null)
    {
        app.UseMiddleware<HeadAsGet>();
        app.UseRouting();
        app.UseHttpLogging();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        answers?.Invoke(app);
        app.UseMiddleware<SidecarOnly>();
        // Of others it would unwrap, too, and break over what is none.
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments(Subscriptions.Path),
            events =>
                events.UseCloudEvents(
                    new Dapr.CloudEventsMiddlewareOptions { ForwardCloudEventPropertiesAsHeaders = true }
                )
        );
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<StrictQueries>();
        app.UseMiddleware<JsonBodies>();
        app.MapSubscribeHandler().AllowAnonymous();
        app.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false })
            .AllowAnonymous()
            .DisableHttpMetrics()
            .WithHttpLogging(HttpLoggingFields.None);
        app.MapHealthChecks("/healthz/ready")
            .AllowAnonymous()
            .DisableHttpMetrics()
            .WithHttpLogging(HttpLoggingFields.None);
        return app;
    }

    /// <summary>One JSON dialect for requests, answers and messages.</summary>
    public static JsonSerializerOptions Json { get; } =
        ConfigureJson(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    private static JsonSerializerOptions ConfigureJson(JsonSerializerOptions options)
    {
        // Web defaults read numbers from strings, which OpenAPI would then document as integer-or-string.
        options.NumberHandling = JsonNumberHandling.Strict;
        // Of two readers one would take the first, the other the last.
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NullableMayBeLeftOut } };
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        return options;
    }

    private static void NullableMayBeLeftOut(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            if (property is { AssociatedParameter: not null, IsSetNullable: true })
                property.IsRequired = false;
    }

    /// <summary>
    /// Where nobody takes traces or figures, nothing is measured: listening alone costs each request its share. Trace ids
    /// go their way all the same.
    /// </summary>
    private static void AddTelemetry(this WebApplicationBuilder builder, string appId)
    {
        var exported = !string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var traced = exported || builder.Configuration["Traces:SampleRatio"] is not null;
        var measured = exported || builder.Configuration["Metrics:Port"] is not null;
        if (!traced && !measured)
            return;
        var telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService(appId, serviceNamespace: "ticketing"));
        if (traced)
            telemetry.WithTracing(t => t.AddTraces());
        if (measured)
            telemetry.WithMetrics(m =>
                m.AddMeter("Ticketing.*", "Npgsql")
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation()
            );
        if (exported)
            OpenTelemetry.OpenTelemetryBuilderOtlpExporterExtensions.UseOtlpExporter(telemetry);
    }
}

/// <summary>Which service this is.</summary>
public sealed record ServiceIdentity(string AppId);

/// <summary>Section <c>Public</c>.</summary>
public sealed class PublicOptions
{
    /// <summary>The one public origin, without a trailing slash: links in mails and documents begin with it.</summary>
    public string BaseUrl { get; set; } = "http://localhost:8080";

    internal static bool IsOrigin(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
