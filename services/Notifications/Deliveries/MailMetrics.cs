using System.Diagnostics.Metrics;

namespace Ticketing.Notifications.Deliveries;

internal sealed class MailMetrics(IMeterFactory meters)
{
    private readonly Counter<long> mails = meters
        .Create("Ticketing.Notifications")
        .CreateCounter<long>(
            "ticketing.mails",
            "{mail}",
            "Tries to send a mail by outcome: sent, retried (it will be tried again), failed (it was the last try)."
        );

    public void Tried(string template, string outcome) =>
        mails.Add(1, new("template", template), new("outcome", outcome));
}
