using System.Diagnostics;
using Dapr;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Subscriptions. A handler's parameters are the event, then its dependencies; it answers by returning (done) or by
/// throwing (again, later; after the last try the message lies in the dead-letter topic <c>{app}-dead</c>).
/// </summary>
public static class Subscriptions
{
    /// <summary>What the sidecar delivers comes to paths below this one.</summary>
    internal const string Path = "/events";
    private const string IdHeader = "Cloudevent.id";

    /// <summary>Of a request whose event had its effect before.</summary>
    private static readonly object CameAgain = new();

    /// <summary>
    /// The handler runs in a transaction of <typeparamref name="TDb"/> together with the inbox row, so a redelivery
    /// changes nothing. It calls nobody outside the database and need not save.
    /// </summary>
    public static void MapEvent<TDb, TEvent>(this IEndpointRouteBuilder routes, Delegate handler)
        where TDb : DbContext
        where TEvent : IEvent
    {
        var metrics = routes.ServiceProvider.GetRequiredService<MessagingMetrics>();
        var topic = OutboxExtensions.TopicOf(TEvent.Type);
        metrics.Receives(topic);
        routes
            .MapEvent<TEvent>(handler)
            .AddEndpointFilter(
                async (context, next) =>
                {
                    var http = context.HttpContext;
                    var db = http.RequestServices.GetRequiredService<TDb>();
                    var id = http.Request.Headers[IdHeader].ToString();
                    if (id.Length == 0)
                        throw new BadHttpRequestException("A CloudEvent with an id is needed.");
                    var key = $"{TEvent.Type}:{id}";
                    var first = await db.InTransactionAsync(
                        async ct =>
                        {
                            var inserted = await db.Database.ExecuteSqlAsync(
                                $"INSERT INTO inbox (id) VALUES ({key}) ON CONFLICT DO NOTHING",
                                ct
                            );
                            if (inserted == 1)
                                await next(context);
                            return inserted == 1;
                        },
                        http.RequestAborted
                    );
                    metrics.Received(topic, first);
                    if (!first)
                        http.Items[CameAgain] = true;
                    return Results.Ok();
                }
            );
    }

    /// <summary>For a handler whose effect is idempotent by itself, or that must call another service.</summary>
    public static RouteHandlerBuilder MapEvent<TEvent>(this IEndpointRouteBuilder routes, Delegate handler)
        where TEvent : IEvent
    {
        var topic = OutboxExtensions.TopicOf(TEvent.Type);
        var app = routes.ServiceProvider.GetRequiredService<ServiceIdentity>().AppId;
        var metrics = routes.ServiceProvider.GetRequiredService<MessagingMetrics>();
        return routes
            .MapPost($"{Path}/{topic}", handler)
            .WithTopic(
                new TopicOptions
                {
                    PubsubName = Components.PubSub,
                    Name = topic,
                    DeadLetterTopic = $"{app}-dead",
                }
            )
            .AddEndpointFilter(
                async (context, next) =>
                {
                    var http = context.HttpContext;
                    var id = http.Request.Headers[IdHeader].ToString();
                    // The request is of the publisher's trace: daprd hands on what the envelope says.
                    Activity.Current?.SetMessage(topic, id);
                    try
                    {
                        var answer = await next(context);
                        if (!http.Items.ContainsKey(CameAgain))
                            metrics.TookEffect(topic, id);
                        return answer;
                    }
                    catch (ProblemException e) when (e.Status == StatusCodes.Status404NotFound)
                    {
                        // Dapr drops a message that is answered by 404; what is missing may come.
                        throw new InvalidOperationException($"{TEvent.Type}: {e.Message}", e);
                    }
                }
            )
            .AllowAnonymous()
            .ExcludeFromDescription();
    }

    /// <summary>Requests of other services (<c>/internal</c>): only the sidecar reaches them, never the Gateway.</summary>
    public static RouteGroupBuilder MapInternal(this IEndpointRouteBuilder routes) =>
        (RouteGroupBuilder)routes.MapGroup("/internal").AllowAnonymous().ExcludeFromDescription();
}
