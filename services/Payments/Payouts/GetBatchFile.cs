using System.Text;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Payouts;

internal static class GetBatchFile
{
    private static readonly string[] Head = ["payoutId", "method", "key", "holder", "taxId", "amount", "currency"];

    /// <summary>What the bank is to pay, as CSV. For platform administrators.</summary>
    /// <remarks>
    /// RFC 4180, UTF-8, with a line of names: <c>payoutId,method,key,holder,taxId,amount,currency</c>; amounts with a point
    /// (1234.56), as many digits behind it as the currency has. Only payouts that are open: what is paid or has failed is not in it.
    /// </remarks>
    /// <param name="id">The batch.</param>
    /// <response code="404">No such batch.</response>
    public static async Task<IResult> Handle(
        Guid id,
        HttpContext context,
        NpgsqlDataSource source,
        PayoutReader reader,
        CancellationToken ct
    )
    {
        await PayoutBatch.FindAsync(source, id, ct);
        var payouts = await reader.ReadAsync("WHERE p.batch_id = $1 AND p.status = 'Created' ORDER BY p.id", ct, id);
        var text = new StringBuilder(Csv.Line(Head));
        foreach (var (payout, account) in payouts)
            text.Append(
                Csv.Line([
                    payout.Id.ToString(),
                    AccountDetails.MethodFor(payout.Amount.Currency),
                    account.For(payout.Amount.Currency)!,
                    account.Holder,
                    account.TaxId,
                    MoneyText.Plain(payout.Amount),
                    payout.Amount.Currency,
                ])
            );
        context.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.File(Encoding.UTF8.GetBytes(text.ToString()), "text/csv", $"payouts-{id}.csv");
    }
}
