using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Disputing;
using Ticketing.Orders.Ending;
using Ticketing.Orders.Paying;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Refunding;
using Ticketing.Orders.Rescheduling;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders;

/// <summary>What no message told: shows that do not take place, teams, and money. Each is applied as its message would be.</summary>
internal static class Pulls
{
    private const int MaxSettlements = 500;

    /// <summary>Null: no such order.</summary>
    private static readonly string IsKnown = $"""
        SELECT CASE $3
            WHEN 'Settled' THEN s.payment_id IS NOT NULL
            WHEN 'Refunded' THEN s.refunded_at IS NOT NULL
            WHEN 'PartRefunded' THEN NOT {PartialRefund.IsOpen}
            ELSE {Disputes.IsKnown("$4", "$3")} END
        FROM orders LEFT JOIN settlements s ON s.payment_id = $2 WHERE orders.id = $1
        """;

    public static void AddPulls(this IServiceCollection services)
    {
        services.AddEventsPull(ApplyAsync);
        services.AddTeamMembersPull<OrdersDb>();
        services.AddPull("settlements", ReadSettlementsAsync, ApplyAsync);
    }

    private static Task ApplyAsync(IServiceProvider scope, EventChange change, CancellationToken ct)
    {
        var db = scope.GetRequiredService<OrdersDb>();
        return change.Event is { } told
            ? OnEventChanged.ApplyAsync(told, scope.GetRequiredService<NpgsqlDataSource>(), db, ct)
            : OnEventCancelled.Handle(change.Cancelled!, db, ct);
    }

    private static async Task<ChangePage<SettlementFact>> ReadSettlementsAsync(
        Peers peers,
        string after,
        CancellationToken ct
    )
    {
        var page = await peers.GetAsync<SettlementPage>(
            AppIds.Payments,
            $"internal/settlements?after={after}&limit={MaxSettlements}",
            ct
        );
        return new(page.Items, page.Next, page.Items.Count > 0);
    }

    /// <summary>
    /// What was booked once, the sweep looks after. An order that is not here is not to come either: it is written before
    /// its payment is opened.
    /// </summary>
    private static async Task ApplyAsync(IServiceProvider scope, SettlementFact fact, CancellationToken ct)
    {
        var source = scope.GetRequiredService<NpgsqlDataSource>();
        var known = await source.FirstAsync<bool?>(
            IsKnown,
            row => row.GetBoolean(0),
            ct,
            fact.OrderId,
            fact.PaymentId,
            fact.Kind.ToString(),
            Disputes.IdOf(fact)
        );
        if (known is not false)
            return;
        var sagas = scope.GetRequiredService<Sagas>();
        await (
            fact.Kind switch
            {
                SettlementKind.Settled => OnPaymentSettled.ApplyAsync(
                    fact,
                    scope.GetRequiredService<Settlements>(),
                    sagas,
                    scope.GetRequiredService<OrderChanges>(),
                    ct
                ),
                SettlementKind.PartRefunded => OnPaymentRefunded.ApplyPartAsync(fact.OrderId, source, sagas, ct),
                SettlementKind.Refunded => OnPaymentRefunded.ApplyAsync(fact, source, sagas, ct),
                _ => scope.GetRequiredService<Disputes>().ApplyAsync(fact, ct),
            }
        );
    }
}
