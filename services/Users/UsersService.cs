using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;
using Ticketing.Users.OpenId;
using Ticketing.Users.Profile;
using Ticketing.Users.SignIn;

namespace Ticketing.Users;

/// <summary>People: accounts, profiles, consents, platform roles; and the embedded OpenID provider.</summary>
public static class UsersService
{
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder(AppIds.Users, args);
        builder.AddDatabase<UsersDb>();
        builder.Services.AddOpenApi(options =>
            OpenApiDefaults.Configure(options, ("Users", "Accounts."), ("Me", "The account that asks."))
        );
        builder.Services.AddValidation();
        builder.Services.AddEncryptedColumns(User.CpfColumn, User.AuthenticatorColumn);
        builder
            .Services.AddOptions<UsersOptions>()
            .BindConfiguration(UsersOptions.Section)
            .ValidateDataAnnotations()
            .Validate(
                o => o.WebRedirectUris.Concat(o.WebLogoutUris).All(u => Uri.TryCreate(u, UriKind.Absolute, out _)),
                "Users:WebRedirectUris and Users:WebLogoutUris hold absolute URIs."
            )
            .Validate<IHostEnvironment>(
                (o, host) => host.IsDevelopment() || (!o.PasswordGrant && o.Admins is [] && o.TrustedDomains is []),
                "Users:PasswordGrant, Users:Admins and Users:TrustedDomains are for development alone."
            )
            .ValidateOnStart();
        var options = builder.Configuration.GetSection(UsersOptions.Section).Get<UsersOptions>();
        var embedded = (options ?? new()).Provider == IdentityProvider.Embedded;
        if (embedded)
        {
            builder.AddSignIn();
            builder.AddOpenIdProvider(options ?? new());
        }
        else
        {
            builder.Services.AddHttpClient<ExternalPeople>(http => http.Timeout = ExternalPeople.Patience);
        }

        var app = builder.Build();
        if (embedded)
            app.UseOpenIdProvider();
        app.UseServiceDefaults();
        app.MapAccounts(embedded);
        app.MapProfile(embedded);
        if (embedded)
        {
            app.MapSignIn();
            app.MapOpenIdProvider();
        }
        return app;
    }
}
