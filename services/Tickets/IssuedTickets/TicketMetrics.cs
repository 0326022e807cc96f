using System.Diagnostics.Metrics;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

internal sealed class TicketMetrics : IStartingMetrics
{
    private static readonly string[] Outcomes =
    [
        "admitted",
        "already-used",
        "voided",
        "ticket-blocked",
        "wrong-session",
        "not-found",
    ];

    private readonly Counter<long> issued;
    private readonly Counter<long> blocked;
    private readonly Counter<long> checkIns;

    public TicketMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ticketing.Tickets");
        issued = meter.CreateCounter<long>("ticketing.tickets.issued", "{ticket}", "Tickets issued for paid orders.");
        blocked = meter.CreateCounter<long>(
            "ticketing.tickets.blocked",
            "{ticket}",
            "Tickets that the door refuses because their payment is disputed."
        );
        checkIns = meter.CreateCounter<long>(
            "ticketing.checkins",
            "{check-in}",
            "Codes read at the door by outcome: admitted, or the code of the refusal."
        );
    }

    public void StartAtZero()
    {
        Issued(0);
        Blocked(0);
        foreach (var outcome in Outcomes)
            checkIns.Add(0, Of(outcome));
    }

    public void Issued(int tickets) => issued.Add(tickets);

    public void Blocked(int tickets) => blocked.Add(tickets);

    public void CheckedIn(string outcome) => checkIns.Add(1, Of(outcome));

    private static KeyValuePair<string, object?> Of(string outcome) => new("outcome", outcome);
}
