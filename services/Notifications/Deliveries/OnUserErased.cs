using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

/// <summary>Forgets address and content of all the person's mails; what was not sent yet is not sent any more.</summary>
internal static class OnUserErased
{
    public static Task Handle(UserErased erased, NotificationsDb db, CancellationToken ct) =>
        db.InTransactionAsync(
            async token =>
            {
                // A mail that is being noted beside this is committed first, and seen; or is noted after it, and sees.
                await db.Database.ExecuteSqlAsync($"LOCK TABLE deliveries IN SHARE ROW EXCLUSIVE MODE", token);
                return await db.Database.ExecuteSqlAsync(
                    $"""
                    WITH gone AS (INSERT INTO erased_people (id) VALUES ({erased.UserId}) ON CONFLICT DO NOTHING)
                    UPDATE deliveries SET recipient = NULL, content = NULL, last_error = NULL,
                        state = CASE state WHEN 'Pending' THEN 'Erased' ELSE state END
                    WHERE person_id = {erased.UserId}
                    """,
                    token
                );
            },
            ct
        );
}
