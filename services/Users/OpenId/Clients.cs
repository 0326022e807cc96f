using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Ticketing.Users.OpenId;

/// <summary>The provider's clients: all first-party, brought in line with the options at every start.</summary>
internal static class Clients
{
    public const string Web = "ticketing-web";
    public const string Cli = "ticketing-cli";
    public const string Machine = "ticketing-machine";

    // RFC 8252: a native application listens on a port of its choice.
    private static readonly string[] Loopback = ["http://127.0.0.1/callback", "http://localhost/callback"];

    public static async Task SeedAsync(IServiceProvider services, CancellationToken ct)
    {
        var options = services.GetRequiredService<IOptions<UsersOptions>>().Value;
        var origin = services.GetRequiredService<PublicOrigin>();
        var manager = services.GetRequiredService<IOpenIddictApplicationManager>();
        foreach (var client in Describe(options, origin))
        {
            if (await manager.FindByClientIdAsync(client.ClientId!, ct) is { } known)
                await manager.UpdateAsync(known, client, ct);
            else
                await manager.CreateAsync(client, ct);
        }
        if (options.MachineSecret is null && await manager.FindByClientIdAsync(Machine, ct) is { } former)
            await manager.DeleteAsync(former, ct);
    }

    /// <summary>Where a login may end, as CSP sources.</summary>
    public static IEnumerable<string> RedirectOrigins(UsersOptions options, PublicOrigin origin) =>
        WebRedirects(options, origin)
            .Select(uri => uri.GetLeftPart(UriPartial.Authority))
            .Concat(Loopback.Select(uri => new Uri(uri).GetLeftPart(UriPartial.Authority) + ":*"))
            .Distinct();

    private static IEnumerable<OpenIddictApplicationDescriptor> Describe(UsersOptions options, PublicOrigin origin)
    {
        var web = Interactive(Web, "Ticketing", ApplicationTypes.Web);
        web.RedirectUris.UnionWith(WebRedirects(options, origin));
        web.PostLogoutRedirectUris.UnionWith(
            options.WebLogoutUris is [] ? [origin.Uri] : options.WebLogoutUris.Select(u => new Uri(u))
        );
        yield return web;

        var cli = Interactive(Cli, "Ticketing CLI", ApplicationTypes.Native);
        cli.RedirectUris.UnionWith(Loopback.Select(u => new Uri(u)));
        if (options.PasswordGrant)
            cli.Permissions.Add(Permissions.GrantTypes.Password);
        yield return cli;

        if (options.MachineSecret is { } secret)
            yield return new OpenIddictApplicationDescriptor
            {
                ClientId = Machine,
                ClientSecret = secret,
                ClientType = ClientTypes.Confidential,
                DisplayName = "Ticketing machine",
                Permissions =
                {
                    Permissions.Endpoints.Token,
                    Permissions.Endpoints.Revocation,
                    Permissions.GrantTypes.ClientCredentials,
                },
            };
    }

    private static OpenIddictApplicationDescriptor Interactive(string id, string name, string type) =>
        new()
        {
            ClientId = id,
            ClientType = ClientTypes.Public,
            ApplicationType = type,
            ConsentType = ConsentTypes.Implicit,
            DisplayName = name,
            Permissions =
            {
                Permissions.Endpoints.Authorization,
                Permissions.Endpoints.EndSession,
                Permissions.Endpoints.Revocation,
                Permissions.Endpoints.Token,
                Permissions.GrantTypes.AuthorizationCode,
                Permissions.GrantTypes.RefreshToken,
                Permissions.ResponseTypes.Code,
                Permissions.Scopes.Email,
                Permissions.Scopes.Profile,
            },
            Requirements = { Requirements.Features.ProofKeyForCodeExchange },
        };

    private static IEnumerable<Uri> WebRedirects(UsersOptions options, PublicOrigin origin) =>
        options.WebRedirectUris is []
            ? [new Uri(origin.Uri, "auth/callback")]
            : options.WebRedirectUris.Select(u => new Uri(u));
}
