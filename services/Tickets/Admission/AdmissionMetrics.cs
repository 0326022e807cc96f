using System.Diagnostics.Metrics;

namespace Ticketing.Tickets.Admission;

internal sealed class AdmissionMetrics
{
    private readonly Counter<long> issued;
    private readonly Counter<long> checkIns;

    public AdmissionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ticketing.Tickets");
        issued = meter.CreateCounter<long>(
            "ticketing.tickets.issued",
            "{ticket}",
            "Tickets issued for paid orders."
        );
        checkIns = meter.CreateCounter<long>(
            "ticketing.checkins",
            "{check-in}",
            "Codes read at the door by outcome: admitted, or the code of the refusal."
        );
    }

    public void Issued(int tickets) => issued.Add(tickets);

    public void CheckedIn(string outcome) =>
        checkIns.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
