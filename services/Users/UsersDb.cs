using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;
using Ticketing.Users.Profile;
using Ticketing.Users.SignIn;

namespace Ticketing.Users;

internal sealed class UsersDb(DbContextOptions<UsersDb> options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();
    public DbSet<ConsentRecord> Consents => Set<ConsentRecord>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.AddOutbox();
        model.ApplyConfiguration(new User.Mapping());
        model.ApplyConfiguration(new ConsentRecord.Mapping());
        model.ApplyConfiguration(new SignInAttempts.Mapping());
        model.UseOpenIddict<Guid>();
        model.Entity<OpenIddictEntityFrameworkCoreApplication<Guid>>().ToTable("openid_clients");
        model.Entity<OpenIddictEntityFrameworkCoreAuthorization<Guid>>().ToTable("openid_authorizations");
        model.Entity<OpenIddictEntityFrameworkCoreScope<Guid>>().ToTable("openid_scopes");
        model.Entity<OpenIddictEntityFrameworkCoreToken<Guid>>().ToTable("openid_tokens");
    }

    /// <summary>The person, locked until the transaction ends; null when unknown or erased.</summary>
    public Task<User?> LockAsync(Guid id, CancellationToken ct) =>
        Users.FromSql($"SELECT * FROM users WHERE id = {id} AND erased_at IS NULL FOR UPDATE").SingleOrDefaultAsync(ct);

    /// <summary>The person, to read; null when unknown or erased.</summary>
    public Task<User?> FindAsync(Guid id, CancellationToken ct) =>
        Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id && u.ErasedAt == null, ct);
}
