using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Payments.Ledger;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Payouts;

/// <summary>What is the organizers' and was not paid out yet: the sums of the last closing and the postings since, as of one moment.</summary>
internal static class Balances
{
    /// <summary>
    /// SQL: CTE <c>money</c>, a row an event and currency; <c>$1</c> are the days after an event. <c>unpaid</c> may be paid out when it
    /// <c>is_due</c>, or is owed to us when it is negative: money that went back after it had been paid out.
    /// </summary>
    /// <param name="organizer">SQL: only this organizer's; null: everybody's.</param>
    public static string Money(string? organizer)
    {
        return $"""
            WITH moved AS (
                SELECT organizer_id, event_id, currency, kind, amount FROM organizer_totals WHERE {Only("organizer_id")}
                UNION ALL
                SELECT p.organizer_id, p.event_id, l.currency, l.kind, l.amount
                FROM ledger_postings l JOIN payments p ON p.id = l.payment_id
                WHERE (l.xid, l.id) > ((SELECT xid FROM ledger_closed), (SELECT id FROM ledger_closed))
                    AND l.debit <> l.credit AND {Only("p.organizer_id")}),
            earned AS (
                SELECT organizer_id, event_id, currency, coalesce(sum({EventMoney.Net}), 0) AS net,
                    coalesce(sum({EventMoney.Disputed}), 0) AS disputed
                FROM moved GROUP BY 1, 2, 3),
            given AS (
                SELECT p.organizer_id, i.event_id, p.currency, sum(i.amount) FILTER (WHERE p.status = 'Created') AS on_its_way,
                    sum(i.amount) FILTER (WHERE p.status = 'Paid') AS paid
                FROM payouts p JOIN payout_items i ON i.payout_id = p.id
                WHERE p.status <> 'Failed' AND {Only("p.organizer_id")} GROUP BY 1, 2, 3),
            money AS (
                SELECT organizer_id, event_id, currency, net, disputed, coalesce(on_its_way, 0) AS on_its_way,
                    coalesce(paid, 0) AS paid, (net - disputed - coalesce(on_its_way, 0) - coalesce(paid, 0))::bigint AS unpaid,
                    coalesce({SessionEnd.PayableFrom("earned.event_id", "$1")} <= now(), false) AS is_due
                FROM earned LEFT JOIN given USING (organizer_id, event_id, currency))
            """;

        string Only(string column) => organizer is null ? "true" : $"{column} = {organizer}";
    }

    private static readonly string OfOrganizer = $"""
        {Money("$2")}
        SELECT currency,
            coalesce(sum(unpaid) FILTER (WHERE is_due OR unpaid < 0), 0)::bigint,
            coalesce(sum(unpaid) FILTER (WHERE NOT is_due AND unpaid >= 0), 0)::bigint,
            sum(disputed)::bigint, sum(on_its_way)::bigint, sum(paid)::bigint
        FROM money GROUP BY currency
        HAVING bool_or(net <> 0 OR paid <> 0 OR on_its_way <> 0) ORDER BY currency
        """;

    public static async Task<Ok<OrganizerBalance>> Handle(
        Guid organizerId,
        NpgsqlDataSource source,
        OrganizerAccounts accounts,
        IOptions<PaymentsOptions> options,
        CancellationToken ct
    )
    {
        var items = await source.AllAsync(
            OfOrganizer,
            row => new CurrencyBalance(
                row.GetString(0),
                row.GetInt64(1),
                row.GetInt64(2),
                row.GetInt64(3),
                row.GetInt64(4),
                row.GetInt64(5)
            ),
            ct,
            options.Value.Payouts.DaysAfterEvent,
            organizerId
        );
        var account = await accounts.FindAsync(organizerId, ct);
        return TypedResults.Ok(new OrganizerBalance(items, account?.View));
    }
}
