using System.Diagnostics;
using System.Net.Http.Json;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

/// <summary>Whose trace it is in when nobody waits for it. (The whole purchase: System.Tests.)</summary>
public sealed class TraceTests(OrdersApp app)
{
    [Fact]
    public async Task What_the_sweep_drives_on_belongs_to_the_order()
    {
        using var spans = Spans.Of(app.System.Services(AppIds.Orders));
        var buy = app.NewPurchase();
        var request = await SendAsync(buy, "/api/v1/orders", buy.Body());
        await buy.DeadlinePassesAsync();
        await buy.BecomesAsync(OrderStatus.Expired);
        await AllOfAsync(spans, request, "order.sweep", "order.workflow/end-unpaid-order", "publish order.expired");
    }

    [Fact]
    public async Task A_refund_belongs_to_the_request_for_it()
    {
        using var spans = Spans.Of(app.System.Services(AppIds.Orders));
        var buy = app.NewPurchase();
        var order = await SendAsync(buy, "/api/v1/orders", buy.Body());
        await buy.SettleAsync();
        await buy.BecomesAsync(OrderStatus.Fulfilled);
        var request = await SendAsync(buy, $"/api/v1/orders/{buy.Id}/refunds", new { });
        Assert.NotEqual(order, request);
        await buy.RefundedAsync();
        await buy.BecomesAsync(OrderStatus.Refunded);
        await AllOfAsync(spans, request, "order.workflow/refund-order", "publish order.refunded");
    }

    /// <returns>The trace that the client says the request is of.</returns>
    private async Task<ActivityTraceId> SendAsync(Purchase buy, string path, object body)
    {
        var trace = ActivityTraceId.CreateRandom();
        using var http = app.System.Client(AppIds.Orders, buy.BuyerId);
        http.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var answer = await http.PostAsJsonAsync(path, body, ServiceDefaultsExtensions.Json);
        answer.EnsureSuccessStatusCode();
        return trace;
    }

    private static Task AllOfAsync(Spans spans, ActivityTraceId trace, params string[] names) =>
        Eventually.GetAsync(
            () => Task.FromResult(string.Join(", ", names.Except(spans.Of(trace).Select(s => s.DisplayName)))),
            missing => missing.Length == 0
        );
}
