using System.Diagnostics;
using Ticketing.Contracts;
using Ticketing.Local.Seeding;

namespace Ticketing.System.Tests;

/// <summary>One process a service; each is killed in the middle of sales, and no sale is lost.</summary>
public sealed class CrashTests(SystemOfProcesses system) : IClassFixture<SystemOfProcesses>
{
    [Theory]
    [InlineData(AppIds.Orders)]
    [InlineData(AppIds.Payments)]
    [InlineData(AppIds.Tickets)]
    [InlineData("dapr")]
    public async Task Killing_a_process_loses_no_sale(string victim)
    {
        await UntilAllAnswerAsync();
        var show = await system.ShowAsync(capacity: 20);
        var buyer = await system.BuyerAsync();
        var orders = new List<global::System.Text.Json.Nodes.JsonNode>();
        foreach (var _ in Enumerable.Range(0, 4))
            orders.Add(await buyer.OrderByPixAsync(show));
        foreach (var order in orders)
            await buyer.PayAsync(order);

        var pid = system.Local.ProcessIds[victim];
        using (var process = Process.GetProcessById(pid))
            process.Kill();
        await TestKit.Eventually.TrueAsync(() =>
            Task.FromResult(system.Local.ProcessIds.TryGetValue(victim, out var now) && now != pid)
        );

        foreach (var order in orders)
            await PatientlyAsync(() => buyer.WaitForStatusAsync(order, "fulfilled"));
        await PatientlyAsync(system.AssertInvariantsAsync);
    }

    /// <summary>The case before has killed another process.</summary>
    private Task UntilAllAnswerAsync() =>
        PatientlyAsync(async () =>
        {
            using var buyer = await system.LogInAsync(SeedLogins.Buyer);
            foreach (var path in (string[])["events", "me/tickets", "me/orders", "me"])
                await buyer.GetAsync($"/api/v1/{path}", default);
            using var webhook = await buyer.SendAsync(
                HttpMethod.Post,
                "/api/v1/payments/webhooks/stripe",
                new { },
                default
            );
            if (webhook.StatusCode == global::System.Net.HttpStatusCode.ServiceUnavailable)
                throw new Local.LocalException("Payments does not answer.");
        });

    /// <summary>While a process is down its calls answer 503; the clients of this test try again.</summary>
    private static Task PatientlyAsync(Func<Task> step) =>
        TestKit.Eventually.TrueAsync(async () =>
        {
            try
            {
                await step();
                return true;
            }
            catch (Exception e) when (e is Local.LocalException or HttpRequestException or OperationCanceledException)
            {
                return false;
            }
        });
}
