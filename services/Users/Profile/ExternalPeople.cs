using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.Profile;

/// <summary>
/// Profiles of people whom another OIDC provider knows. What the access token does not tell (Cognito's has no e-mail
/// address) its userinfo endpoint is asked for.
/// </summary>
internal sealed class ExternalPeople(
    UsersDb db,
    HttpClient provider,
    IOptionsMonitor<JwtBearerOptions> jwt,
    TimeProvider clock
)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<User> FindOrCreateAsync(ClaimsPrincipal me, HttpContext http, CancellationToken ct)
    {
        var id = me.UserId();
        if (await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id, ct) is { } known)
            return known.ErasedAt is null ? known : throw ProblemException.NotFound("profile");
        var (address, name, locale) = await DescribeAsync(me, http, ct);
        if (!EmailAddress.TryNormalize(address, out var email))
            throw new ProblemException(
                403,
                "email-missing",
                "The identity provider gives no e-mail address: sign in with the scopes openid and email."
            );
        var user = new User
        {
            Id = id,
            Email = email,
            Name = NameOf(name, email),
            Locale =
                locale?.StartsWith(Locales.English, StringComparison.OrdinalIgnoreCase) == true
                    ? Locales.English
                    : Locales.Default,
            CreatedAt = clock.NowAsStored(),
        };
        db.Add(user);
        db.Publish(new UserRegistered(id, email, user.Name, user.Locale, user.CreatedAt));
        try
        {
            await db.SavePersonAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // Another request began the same profile.
            return await db.FindAsync(id, ct) ?? throw ProblemException.NotFound("profile");
        }
        return user;
    }

    private async Task<(string? Email, string? Name, string? Locale)> DescribeAsync(
        ClaimsPrincipal me,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (me.FindFirstValue("email") is { } email)
            return (email, me.FindFirstValue("name"), me.FindFirstValue("locale"));
        var known = await jwt.Get(JwtBearerDefaults.AuthenticationScheme)
            .ConfigurationManager!.GetConfigurationAsync(ct);
        if (string.IsNullOrEmpty(known.UserInfoEndpoint))
            return default;
        using var request = new HttpRequestMessage(HttpMethod.Get, known.UserInfoEndpoint);
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(http.Request.Headers.Authorization.ToString());
        try
        {
            using var response = await provider.SendAsync(request, ct);
            if (response.StatusCode >= HttpStatusCode.InternalServerError)
                throw new PeerUnavailableException("The identity provider is not answering.");
            if (!response.IsSuccessStatusCode)
                return default;
            var claims = await response.Content.ReadFromJsonAsync<JsonElement>(ct);
            // OpenID Connect, 5.3.2: an answer about somebody else is not to be used.
            return Text(claims, "sub") == me.FindFirstValue("sub")
                ? (Text(claims, "email"), Text(claims, "name"), Text(claims, "locale"))
                : default;
        }
        catch (Exception e)
            when (e is HttpRequestException or JsonException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            throw new PeerUnavailableException("The identity provider is not answering.", e);
        }
    }

    private static string? Text(JsonElement claims, string name) =>
        claims.ValueKind == JsonValueKind.Object
        && claims.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string NameOf(string? name, string email)
    {
        var printable = string.Concat((name ?? "").Where(c => !char.IsControl(c))).Trim();
        if (printable.Length == 0)
            printable = email.Split('@')[0];
        return printable.Cut(User.MaxName);
    }
}
