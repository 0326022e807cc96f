using System.Net;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

public sealed class SettlementTests(PaymentsApp app)
{
    private readonly Guid order = Guid.CreateVersion7();

    private async Task<SettlementPage> PageAsync(string? after, int limit = 1000)
    {
        using var response = await app.Payments.GetAsync($"/internal/settlements?after={after}&limit={limit}");
        return await PaymentsApp.ReadAsync<SettlementPage>(response);
    }

    /// <summary>Reads on until the order has that many: what others have in hand on the same server holds the end back.</summary>
    private async Task<(List<SettlementFact> Facts, string Next)> ReadAsync(string after, int count, int limit)
    {
        var facts = new List<SettlementFact>();
        await Eventually.TrueAsync(async () =>
        {
            var (more, next) = await ReadAsync(after, limit);
            facts.AddRange(more);
            after = next;
            return facts.Count >= count;
        });
        return (facts, after);
    }

    /// <summary>Reads on until there is no more.</summary>
    private async Task<(List<SettlementFact> Facts, string Next)> ReadAsync(string? after, int limit = 1000)
    {
        var facts = new List<SettlementFact>();
        while (true)
        {
            var page = await PageAsync(after, limit);
            facts.AddRange(page.Items.Where(f => f.OrderId == order));
            after = page.Next;
            if (page.Items.Count == 0)
                return (facts, after);
        }
    }

    [Fact]
    public async Task What_happened_to_money_is_told_in_its_order()
    {
        var (_, start) = await ReadAsync(null);
        var failed = await app.CreateAsync(PaymentsApp.Card(order, "tok_decline"));
        var first = await app.CreateAsync(PaymentsApp.Card(order, "tok_approve", attempt: 2));
        await app.RefundAsync(order, $"{order}-refund");
        var second = await app.CreateAsync(PaymentsApp.Card(order, "tok_approve", attempt: 3, amount: 7));
        await app.DisputeAsync(second);
        await app.DisputedAsync(second.Id);

        var (facts, next) = await ReadAsync(start, count: 4, limit: 2);

        Assert.Equal(
            [
                (SettlementKind.Settled, first.Id, 15000L),
                (SettlementKind.Refunded, first.Id, 15000L),
                (SettlementKind.Settled, second.Id, 7L),
                (SettlementKind.Disputed, second.Id, 7L),
            ],
            facts.Select(f => (f.Kind, f.PaymentId, f.Amount.Amount))
        );
        Assert.DoesNotContain(facts, f => f.PaymentId == failed.Id);
        Assert.Empty((await ReadAsync(next)).Facts);
        Assert.Equal(4, (await ReadAsync(null)).Facts.Count);
    }

    /// <summary>A reader who went by the number alone would have passed what is committed late for good.</summary>
    [Fact]
    public async Task What_is_committed_late_is_not_skipped()
    {
        var (_, start) = await ReadAsync(null);
        await using var connection = await app.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var late = Guid.CreateVersion7();
        await using (
            var command = new NpgsqlCommand(
                """
                INSERT INTO ledger_postings (kind, payment_id, order_id, debit, credit, amount, currency)
                VALUES ('SettledLate', $1, $2, 'Provider', 'Sales', 1, 'BRL')
                RETURNING id
                """,
                connection
            )
            {
                Parameters =
                {
                    new() { Value = late },
                    new() { Value = order },
                },
            }
        )
            await command.ExecuteScalarAsync();
        var payment = await app.CreateAsync(PaymentsApp.Card(order, "tok_approve"));

        // Committed, and its number is higher: but what comes before it is not known yet.
        var (before, between) = await ReadAsync(start);
        await transaction.CommitAsync();
        var (after, _) = await ReadAsync(between, count: 2, limit: 1000);

        Assert.Empty(before);
        Assert.Equal([late, payment.Id], after.Select(f => f.PaymentId));
    }

    [Theory]
    [InlineData("after=x", HttpStatusCode.BadRequest)]
    [InlineData("after=1", HttpStatusCode.BadRequest)]
    [InlineData("after=-1.2", HttpStatusCode.BadRequest)]
    [InlineData("limit=0", HttpStatusCode.UnprocessableEntity)]
    [InlineData("limit=1001", HttpStatusCode.UnprocessableEntity)]
    public async Task Nonsense_is_refused(string query, HttpStatusCode status)
    {
        using var response = await app.Payments.GetAsync($"/internal/settlements?{query}");

        Assert.Equal("invalid", await PaymentsApp.ProblemAsync(response, status));
    }
}
