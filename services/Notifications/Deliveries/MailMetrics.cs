using System.Diagnostics.Metrics;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

internal sealed class MailMetrics(IMeterFactory meters) : IStartingMetrics
{
    private readonly Counter<long> mails = meters
        .Create("Ticketing.Notifications")
        .CreateCounter<long>(
            "ticketing.mails",
            "{mail}",
            "Tries to send a mail by outcome: sent, retried (it will be tried again), failed (it was the last try)."
        );

    public void StartAtZero()
    {
        foreach (var template in Enum.GetNames<MailKind>())
        foreach (var outcome in new[] { "sent", "retried", "failed" })
            Count(template, outcome, 0);
    }

    public void Tried(string template, string outcome) => Count(template, outcome, 1);

    private void Count(string template, string outcome, int tries) =>
        mails.Add(tries, new("template", template), new("outcome", outcome));
}
