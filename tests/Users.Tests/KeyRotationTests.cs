using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Users.Tests;

/// <summary>The steps of charts/ticketing/rotate-keys.md, as they are taken.</summary>
public sealed class KeyRotationTests
{
    private const string Cpf = "52998224725";

    [Fact]
    public async Task Personal_data_moves_to_a_new_key_and_the_old_one_goes()
    {
        await using var users = await UsersApp.StartAsync();
        var ana = await users.RegisterAsync(cpf: Cpf);
        var before = await KeyIdAsync(users, ana);
        var tokens = await users.TokensAsync(ana);
        var link = (await users.MailAsync(ana.Email, "Confirme seu e-mail")).Link;
        var made = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

        // Next: known, not used.
        await RestartAsync(users, SecretNames.PersonalDataKey, old => $"{old}\n{made}\n");
        Assert.Equal(before, await KeyIdAsync(users, ana));
        // Current: what there is moves by itself; what is out stays good.
        await RestartAsync(users, SecretNames.PersonalDataKey, both => $"{made}\n{both.Split('\n')[0]}\n");
        var bia = await users.RegisterAsync();
        Assert.True(await IsTakenAsync(users, bia));
        await Eventually.TrueAsync(async () => await KeyIdAsync(users, ana) != before);
        Assert.True(await IsTakenAsync(users, bia));
        Assert.Equal("***.982.247-**", await CpfOfAsync(users, tokens.Access));
        using (var http = users.Anonymous())
        {
            tokens = await Tokens.ReadAsync(await http.RefreshAsync(tokens.Refresh!));
            using var page = await http.GetAsync(link);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }
        // Old: gone, and nothing needs it.
        await RestartAsync(users, SecretNames.PersonalDataKey, _ => made);
        Assert.Equal("***.982.247-**", await CpfOfAsync(users, tokens.Access));
        Assert.True(await IsTakenAsync(users, bia));
        using var anonymous = users.Anonymous();
        await Tokens.ReadAsync(await anonymous.RefreshAsync(tokens.Refresh!));
    }

    [Fact]
    public async Task A_ciphertext_is_of_its_row_and_column_alone()
    {
        await using var users = await UsersApp.StartAsync();
        var (ana, bia) = (await users.RegisterAsync(cpf: Cpf), await users.RegisterAsync());
        using var me = await users.SignInAsync(bia);
        await using var source = NpgsqlDataSource.Create(users.System.Database(AppIds.Users));
        await source.ExecuteAsync(
            "UPDATE users SET cpf = (SELECT cpf FROM users WHERE id = $1) WHERE id = $2",
            default,
            ana.Id,
            bia.Id
        );

        using var answer = await me.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);

        var protector = users.System.Services(AppIds.Users).GetRequiredService<PersonalDataProtector>();
        var place = new Place("users.cpf", ana.Id);
        var data = await protector.EncryptAsync(Cpf, place);
        Assert.Equal(Cpf, await protector.DecryptAsync(data, place));
        foreach (var other in new[] { new Place("users.cpf", bia.Id), new Place("users.authenticator", ana.Id) })
            await Assert.ThrowsAnyAsync<CryptographicException>(async () => await protector.DecryptAsync(data, other));
        data[^1] ^= 1;
        await Assert.ThrowsAnyAsync<CryptographicException>(async () => await protector.DecryptAsync(data, place));
    }

    [Fact]
    public async Task Tokens_of_the_old_signing_key_hold_until_it_goes()
    {
        await using var users = await UsersApp.StartAsync();
        var ana = await users.RegisterAsync();
        var old = (await users.TokensAsync(ana)).Access;
        using var rsa = RSA.Create(2048);
        var made = rsa.ExportPkcs8PrivateKeyPem();

        await RestartAsync(users, SecretNames.OidcSigningKey, first => $"{first}\n{made}\n");
        var both = await KidsAsync(users);
        Assert.Equal(2, both.Count);
        var still = (await users.TokensAsync(ana)).Access;
        Assert.Equal(KidOf(old), KidOf(still));

        await RestartAsync(
            users,
            SecretNames.OidcSigningKey,
            pair => $"{made}\n{pair.Replace(made, "", StringComparison.Ordinal)}"
        );
        var current = (await users.TokensAsync(ana)).Access;
        Assert.NotEqual(KidOf(old), KidOf(current));
        Assert.Equal(both, await KidsAsync(users));
        Assert.Contains(KidOf(current), both);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(users, old));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(users, current));

        await RestartAsync(users, SecretNames.OidcSigningKey, _ => made);
        Assert.Equal([KidOf(current)], await KidsAsync(users));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(users, old));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(users, current));
    }

    private static async Task RestartAsync(UsersApp users, string secret, Func<string, string> change)
    {
        await users.System.StopAsync(AppIds.Users);
        users.System.ChangeSecret(secret, change);
        await users.System.StartAsync(AppIds.Users);
    }

    private static Task<string> KeyIdAsync(UsersApp users, Person person) =>
        users.ScalarAsync<string>(
            "SELECT encode(substring(cpf FROM 2 FOR 4), 'hex') FROM users WHERE id = $1",
            person.Id
        );

    /// <summary>Another person may not have the CPF, whichever key it lies under.</summary>
    private static async Task<bool> IsTakenAsync(UsersApp users, Person person)
    {
        using var me = await users.SignInAsync(person);
        using var answer = await me.PatchAsJsonAsync("/api/v1/me", new { cpf = Cpf });
        return answer.StatusCode == HttpStatusCode.Conflict;
    }

    private static async Task<string> CpfOfAsync(UsersApp users, string token)
    {
        using var me = users.Bearer(token);
        return $"{(await (await me.GetAsync("/api/v1/me")).IsOkAsync())["cpf"]}";
    }

    private static async Task<HttpStatusCode> StatusAsync(UsersApp users, string token)
    {
        using var me = users.Bearer(token);
        using var answer = await me.GetAsync("/api/v1/me");
        return answer.StatusCode;
    }

    private static async Task<HashSet<string>> KidsAsync(UsersApp users)
    {
        using var http = users.Anonymous();
        var keys = (await (await http.GetAsync("/.well-known/jwks")).IsOkAsync())["keys"]!.AsArray();
        return [.. keys.Where(k => $"{k!["use"]}" == "sig").Select(k => $"{k!["kid"]}")];
    }

    private static string KidOf(string token) => new JsonWebToken(token).Kid;
}
