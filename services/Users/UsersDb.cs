using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;
using Ticketing.Users.Factors;
using Ticketing.Users.Mails;
using Ticketing.Users.OpenId;
using Ticketing.Users.Profile;
using Ticketing.Users.SignIn;

namespace Ticketing.Users;

internal sealed class UsersDb(DbContextOptions<UsersDb> options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();
    public DbSet<ConsentRecord> Consents => Set<ConsentRecord>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<Passkey> Passkeys => Set<Passkey>();
    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();
    public DbSet<AccountMail> AccountMails => Set<AccountMail>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.StoreEnumsAsText();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.AddOutbox();
        model.ApplyConfiguration(new User.Mapping());
        model.ApplyConfiguration(new ConsentRecord.Mapping());
        model.ApplyConfiguration(new Attempts.Mapping());
        model.ApplyConfiguration(new Session.Mapping());
        model.ApplyConfiguration(new Passkey.Mapping());
        model.ApplyConfiguration(new RecoveryCode.Mapping());
        model.ApplyConfiguration(new AccountMail.Mapping());
        ProviderTables.Map(model);
    }

    /// <summary>The person, locked until the transaction ends; null when unknown or erased.</summary>
    public Task<User?> LockAsync(Guid id, CancellationToken ct) =>
        Users.FromSql($"SELECT * FROM users WHERE id = {id} AND erased_at IS NULL FOR UPDATE").SingleOrDefaultAsync(ct);

    /// <summary>The person, to read; null when unknown or erased.</summary>
    public Task<User?> FindAsync(Guid id, CancellationToken ct) =>
        Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id && u.ErasedAt == null, ct);
}
