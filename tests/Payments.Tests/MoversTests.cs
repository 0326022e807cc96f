using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>Of its own: its connections are ended to count their deadlocks. The checks are one of the movers.</summary>
public sealed class MovingPayments : PaymentsApp
{
    protected override double CheckSeconds => 0.05;
}

public sealed class MoversTests(MovingPayments app) : IClassFixture<MovingPayments>
{
    /// <summary>All that moves a payment, two and two at once: nobody waits for another who waits for him.</summary>
    [Fact]
    public async Task No_two_movers_lock_each_other_out_and_the_books_are_right()
    {
        var movers = Enum.GetValues<Mover>();
        var orders = new List<Guid>();
        foreach (var first in movers)
            orders.AddRange(await Task.WhenAll(movers.Select(second => PairAsync(first, second))));

        await Task.WhenAll(orders.Select(app.CloseAsync));
        await Task.WhenAll(orders.Select(DecideAsync));
        await app.ExecuteAsync("UPDATE payments SET next_check_at = now() WHERE disputed_at IS NOT NULL");
        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync(
                """
                SELECT count(*) FROM payments WHERE status = 'Pending' OR refund_started_at IS NOT NULL AND refunded_at IS NULL
                """
            ) == 0
        );
        Assert.Equal(
            0,
            await app.ScalarAsync(
                """
                SELECT count(*) FROM (
                    SELECT FROM ledger_entries WHERE account = 'Receivable' GROUP BY order_id HAVING sum(amount) <> 0
                    UNION ALL
                    SELECT FROM ledger_entries WHERE account = 'Provider' GROUP BY payment_id HAVING sum(amount) < 0) wrong
                """
            )
        );
        // Last: it ends the connections.
        Assert.Equal(0, await Deadlocks.CountAsync(app.Database));
    }

    private async Task<Guid> PairAsync(Mover first, Mover second)
    {
        var id = Guid.CreateVersion7();
        if (first != Mover.Open)
            await app.CreateAsync(PaymentsApp.Pix(id));
        if (first is Mover.Refund or Mover.Dispute)
            await app.PayAsync($"{id:N}01");
        await Task.WhenAll(
            Enumerable.Range(0, 3).SelectMany(n => new[] { MoveAsync(first, id, n), MoveAsync(second, id, n + 10) })
        );
        return id;
    }

    /// <summary>The bank decides about what was disputed: a refund that came too late for it waits for that.</summary>
    private async Task DecideAsync(Guid id)
    {
        using var response = await app.Sandbox.PostAsync($"/sandbox/pix/{id:N}01/dispute/win", null);
        Assert.True((int)response.StatusCode < 500, $"{response.StatusCode}");
    }

    private enum Mover
    {
        Open,
        Pay,
        Webhook,
        Close,
        Refund,
        Reconcile,
        Dispute,
    }

    private async Task MoveAsync(Mover mover, Guid id, int n)
    {
        var txid = $"{id:N}01";
        using var response = mover switch
        {
            Mover.Open => await app.SendAsync(PaymentsApp.Pix(id)),
            Mover.Pay => await app.Sandbox.PostAsync($"/sandbox/pix/{txid}/pay", null),
            Mover.Webhook => await app.PostPixWebhookAsync(PaymentsApp.PixWebhook(txid)),
            Mover.Close => await app.SendCloseAsync(id),
            Mover.Refund => await app.SendRefundAsync(id, $"{id}-{n}"),
            Mover.Dispute => await app.Sandbox.PostAsync($"/sandbox/pix/{txid}/dispute", null),
            _ => null,
        };
        if (mover == Mover.Reconcile)
            await app.ExecuteAsync("UPDATE payments SET next_check_at = now() WHERE order_id = $1", id);
        if (response is not null)
            Assert.True((int)response.StatusCode < 500, $"{mover}: {response.StatusCode}");
    }
}
