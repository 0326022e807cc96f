using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
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
            return known.ErasedAt is not null ? throw ProblemException.NotFound("profile")
                : known.EmailVerifiedAt is null ? await VerifyAsync(known, me, http, ct)
                : known;
        var (address, verified, name, locale) = await DescribeAsync(me, http, ct);
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
            EmailVerifiedAt = verified ? clock.NowAsStored() : null,
            Name = NameOf(name, email),
            Locale =
                locale?.StartsWith(Locales.English, StringComparison.OrdinalIgnoreCase) == true
                    ? Locales.English
                    : Locales.Default,
            CreatedAt = clock.NowAsStored(),
        };
        db.Add(user);
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

    /// <summary>The provider may have seen the proof since.</summary>
    private async Task<User> VerifyAsync(User user, ClaimsPrincipal me, HttpContext http, CancellationToken ct)
    {
        string? address;
        bool verified;
        try
        {
            (address, verified, _, _) = await DescribeAsync(me, http, ct);
        }
        catch (PeerUnavailableException)
        {
            // The next read asks again.
            return user;
        }
        if (!verified || !EmailAddress.TryNormalize(address, out var email) || email != user.Email)
            return user;
        user.EmailVerifiedAt = clock.NowAsStored();
        await db
            .Users.Where(u => u.Id == user.Id && u.Email == email && u.EmailVerifiedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.EmailVerifiedAt, user.EmailVerifiedAt), ct);
        return user;
    }

    private async Task<(string? Email, bool Verified, string? Name, string? Locale)> DescribeAsync(
        ClaimsPrincipal me,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (me.FindFirstValue("email") is { } email)
            return (
                email,
                IsTrue(me.FindFirstValue("email_verified")),
                me.FindFirstValue("name"),
                me.FindFirstValue("locale")
            );
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
                ? (
                    Text(claims, "email"),
                    IsTrue(Text(claims, "email_verified")),
                    Text(claims, "name"),
                    Text(claims, "locale")
                )
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
        && value.ValueKind is JsonValueKind.String or JsonValueKind.True
            ? value.ToString()
            : null;

    /// <summary>Cognito's userinfo says it as text.</summary>
    private static bool IsTrue(string? claim) => claim?.Equals("true", StringComparison.OrdinalIgnoreCase) == true;

    private static string NameOf(string? name, string email)
    {
        var printable = string.Concat((name ?? "").Where(c => !char.IsControl(c))).Trim();
        if (printable.Length == 0)
            printable = email.Split('@')[0];
        return printable.Cut(User.MaxName);
    }
}
