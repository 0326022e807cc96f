using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;
using Ticketing.ServiceDefaults;
using Authorization = OpenIddict.EntityFrameworkCore.Models.OpenIddictEntityFrameworkCoreAuthorization<System.Guid>;
using Token = OpenIddict.EntityFrameworkCore.Models.OpenIddictEntityFrameworkCoreToken<System.Guid>;

namespace Ticketing.Users.OpenId;

/// <summary>Where OpenIddict keeps clients, sign-ins and tokens, and how long.</summary>
internal static class ProviderTables
{
    /// <summary>Longer than any of a sign-in's tokens (<see cref="SignIn.Session.Lifetime"/>).</summary>
    public static readonly RetentionRule[] Retention =
    [
        new(
            "openid_tokens",
            "expiration_date < now() - interval '1 day'",
            "Nobody can use it; a late second use is still recognised for a day."
        ),
        new(
            "openid_tokens",
            "redemption_date < now() - interval '1 day'",
            "It was used; a second use, which ends the sign-in, is recognised for a day."
        ),
        new(
            "openid_authorizations",
            "creation_date < now() - interval '32 days'",
            "A sign-in ends after 30 days at the latest, and its last token a day later."
        ),
    ];

    public static void Map(ModelBuilder model)
    {
        model.UseOpenIddict<Guid>();
        model.Entity<OpenIddictEntityFrameworkCoreApplication<Guid>>().ToTable("openid_clients");
        model.Entity<OpenIddictEntityFrameworkCoreScope<Guid>>().ToTable("openid_scopes");
        model.Entity<Authorization>(e =>
        {
            e.ToTable("openid_authorizations");
            e.HasMany(a => a.Tokens).WithOne(t => t.Authorization!).OnDelete(DeleteBehavior.Cascade);
            e.HasIndex(a => a.Subject);
            e.HasIndex(a => a.CreationDate);
        });
        model.Entity<Token>(e =>
        {
            e.ToTable("openid_tokens");
            e.HasIndex(t => t.Subject);
            e.HasIndex(t => t.ExpirationDate);
            e.HasIndex(t => t.RedemptionDate).HasFilter("redemption_date IS NOT NULL");
        });
    }

    /// <summary>Ends all sign-ins of a person who is gone.</summary>
    public static async Task DeleteOfAsync(UsersDb db, Guid person, CancellationToken ct)
    {
        var subject = person.ToString();
        await db.Set<Token>().Where(t => t.Subject == subject).ExecuteDeleteAsync(ct);
        await db.Set<Authorization>().Where(a => a.Subject == subject).ExecuteDeleteAsync(ct);
    }
}
