using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

internal static class ListUsers
{
    /// <summary>Lists accounts, oldest first; administrators only.</summary>
    /// <param name="email">Only the account with exactly this address.</param>
    public static async Task<Ok<Page<UserView>>> Handle(
        [AsParameters] PageQuery page,
        string? email,
        Actor actor,
        UsersDb db,
        CancellationToken ct
    )
    {
        var users = db.Users.AsNoTracking();
        if (email is not null)
        {
            // What is no address finds nobody.
            _ = EmailAddress.TryNormalize(email, out var address);
            users = users.Where(u => u.Email == (address ?? ""));
        }
        if (page.AfterId() is { } after)
        {
            users = users.Where(u => u.Id > after);
        }
        var rows = await users.OrderBy(u => u.Id).Take(page.Take() + 1).ToListAsync(ct);
        var found = Page.Of([.. rows.Select(UserView.Of)], page.Take(), u => u.Id.ToString());
        // Nothing is shown that is not written down: the page as one act, with whom it showed.
        var whom = string.Join(' ', found.Items.Select(u => u.Id));
        db.Record(actor.Did("users.listed", null, null, email is null ? null : "by-address", ("userIds", whom)));
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(found);
    }
}
