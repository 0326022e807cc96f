using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Local.Hosting;

namespace Ticketing.System.Tests;

/// <summary>What the spans of one purchase must be: one tree below the client's requests, with every hop in it.</summary>
internal sealed class PurchaseTrace
{
    private static readonly string[] Webhooks =
    [
        "payments POST /api/v1/payments/webhooks/{provider}",
        "payments POST /api/v1/payments/webhooks/pix-api/{path}/pix",
    ];
    private const string Settled = "payment.refresh";
    public const string Hop = "notifications POST /events/order-fulfilled";

    /// <summary>A span of the purchase, and one that it must lie below.</summary>
    private static readonly (string Span, string Above)[] Hops =
    [
        ("orders POST /api/v1/orders/", "gateway POST /api/v1/orders/{**rest}"),
        ("tickets POST /internal/holds/{holdId:guid}/attach", "orders POST /api/v1/orders/"),
        ("products PUT /internal/holds/{orderId:guid}", "orders POST /api/v1/orders/"),
        ("payments POST /internal/payments", "orders POST /api/v1/orders/"),
        (Settled, "payments POST /internal/payments"),
        ("publish payment.settled", Settled),
        ("orders POST /events/payment-settled", "publish payment.settled"),
        ("order.workflow/deliver-order", "orders POST /events/payment-settled"),
        ("products POST /internal/holds/{orderId:guid}/commit", "order.workflow/deliver-order"),
        ("tickets POST /internal/holds/{holdId:guid}/commit", "order.workflow/deliver-order"),
        ("publish order.fulfilled", "orders POST /api/v1/orders/"),
        (Hop, "publish order.fulfilled"),
        ("mail order-fulfilled", Hop),
        ("sidecar POST", "gateway POST /api/v1/orders/{**rest}"),
        ("sidecar POST /dapr.proto.runtime.v1.Dapr/InvokeBinding", "mail order-fulfilled"),
    ];

    private readonly IReadOnlyList<Activity> all;
    private readonly ActivityContext client;
    private readonly string orderId;
    private readonly Dictionary<ActivitySource, string> services;
    private readonly Dictionary<ActivitySpanId, Activity> tree;

    /// <param name="client">The span that the requests belong to: the client's, or the Gateway's of the order.</param>
    public PurchaseTrace(IEnumerable<Activity> all, ActivityContext client, Guid orderId, LocalSystem system)
    {
        this.all = [.. all];
        this.client = client;
        this.orderId = orderId.ToString();
        // Each web server has a source of its own: this tells whose a span is.
        services = ServiceCatalog.All.ToDictionary(
            s => system.ServicesOf(s.AppId).GetRequiredService<ActivitySource>(),
            s => s.AppId
        );
        tree = this.all.Where(s => s.TraceId == client.TraceId).ToDictionary(s => s.SpanId);
    }

    /// <summary>What is wrong; nothing when the purchase is one trace.</summary>
    public IReadOnlyList<string> Faults() =>
        [
            .. Hops.Where(h => !tree.Values.Any(s => Label(s) == h.Span && IsBelow(s, h.Above)))
                .Select(h => $"no {h.Span} below {h.Above}"),
            .. tree
                .Values.Where(s =>
                    s.SpanId != client.SpanId && s.ParentSpanId != client.SpanId && !tree.ContainsKey(s.ParentSpanId)
                )
                .Select(s => $"{Label(s)} has a parent that is not of the trace"),
            .. all.Where(s => s.TraceId != client.TraceId && Mentions(s))
                .Select(s => $"{Label(s)} of the order is in another trace"),
            .. IsLinked() ? [] : new[] { "the webhook and what it caused do not link" },
        ];

    /// <summary>
    /// The provider's request is of its own trace; what it caused here knows of it, and it, if it is recorded, of that.
    /// </summary>
    private bool IsLinked()
    {
        var webhooks = tree
            .Values.Where(s => Label(s) == Settled)
            .SelectMany(s => s.Links)
            .Select(l => l.Context)
            .ToList();
        return webhooks.Count > 0
            && all.Where(s => webhooks.Any(w => w.SpanId == s.SpanId))
                .All(s =>
                    s.TraceId != client.TraceId
                    && Webhooks.Contains(Label(s))
                    && s.Links.Any(l => l.Context.TraceId == client.TraceId)
                );
    }

    private bool IsBelow(Activity span, string above)
    {
        for (var at = span; tree.GetValueOrDefault(at.ParentSpanId) is { } parent; at = parent)
            if (Label(parent) == above)
                return true;
        return false;
    }

    private bool Mentions(Activity span) =>
        span.TagObjects.Any(t => t.Value?.ToString()?.Contains(orderId, StringComparison.Ordinal) == true);

    private string Label(Activity span) =>
        span.Source.Name == "Microsoft.AspNetCore"
            ? $"{services.GetValueOrDefault(span.Source, "sidecar")} {span.DisplayName}"
            : span.DisplayName;
}
