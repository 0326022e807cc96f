using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Ticketing.Users.Tests;

/// <summary>A browser with cookies, and behind it a client of the authorization code flow with PKCE.</summary>
internal sealed partial class Browser(UsersApp users)
{
    public const string RedirectUri = "http://localhost:8080/auth/callback";
    private const string Origin = "http://localhost:8080";

    public HttpClient Http { get; } = users.Anonymous();
    public string Verifier { get; set; } =
        System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public Dictionary<string, string?> Request =>
        new()
        {
            ["client_id"] = "ticketing-web",
            ["response_type"] = "code",
            ["redirect_uri"] = RedirectUri,
            ["scope"] = "openid profile email offline_access",
            ["state"] = "the state",
            ["nonce"] = "the nonce",
            ["code_challenge_method"] = "S256",
            ["code_challenge"] = System.Buffers.Text.Base64Url.EncodeToString(
                SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))
            ),
        };

    public Task<HttpResponseMessage> AuthorizeAsync(Dictionary<string, string?>? request = null) =>
        Http.GetAsync("/connect/authorize" + QueryString.Create(request ?? Request));

    private readonly Dictionary<string, string> cookies = [];

    /// <summary>Follows one redirect on our own origin.</summary>
    public Task<HttpResponseMessage> FollowAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var location = answer.Headers.Location!.ToString();
        if (location.StartsWith(Origin, StringComparison.Ordinal))
            location = location[Origin.Length..];
        Assert.StartsWith("/", location);
        return Http.GetAsync(location);
    }

    /// <summary>From the authorization request over the login page to the redirect with the code.</summary>
    public async Task<HttpResponseMessage> SignInAsync(Person person, Dictionary<string, string?>? request = null)
    {
        var page = await FollowAsync(await AuthorizeAsync(request));
        var posted = await SubmitAsync(page, ("email", person.Email), ("password", UsersApp.Password));
        return await FollowAsync(posted);
    }

    /// <summary>Sends the page's form with these fields filled in.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(
        HttpResponseMessage page,
        params (string Name, string Value)[] fields
    ) => await SubmitFormAsync(await page.Content.ReadAsStringAsync(), fields);

    /// <summary>Sends the first form.</summary>
    public async Task<HttpResponseMessage> SubmitFormAsync(string html, params (string Name, string Value)[] fields)
    {
        html = html[..(html.IndexOf("</form>", StringComparison.Ordinal) is >= 0 and var end ? end : html.Length)];
        var action = WebUtility.HtmlDecode(Action().Match(html).Groups[1].Value);
        var hidden = Hidden()
            .Matches(html)
            .Select(m =>
                (Name: WebUtility.HtmlDecode(m.Groups[1].Value), Value: WebUtility.HtmlDecode(m.Groups[2].Value))
            )
            .Where(h => fields.All(f => f.Name != h.Name));
        var answer = await Http.PostFormAsync(action, [.. hidden, .. fields]);
        foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            cookies[cookie.Split('=')[0]] = cookie.Split(';')[0];
        return answer;
    }

    public static string CodeOf(HttpResponseMessage answer) => ParametersOf(answer)["code"]!;

    public static Dictionary<string, string?> ParametersOf(HttpResponseMessage answer)
    {
        var location = answer.Headers.Location!;
        Assert.StartsWith(RedirectUri, location.ToString());
        return QueryHelpers.ParseQuery(location.Query).ToDictionary(p => p.Key, p => (string?)p.Value);
    }

    public Task<HttpResponseMessage> ExchangeAsync(string code, string? verifier = null) =>
        Http.TokenAsync(
            ("grant_type", "authorization_code"),
            ("client_id", "ticketing-web"),
            ("redirect_uri", RedirectUri),
            ("code", code),
            ("code_verifier", verifier ?? Verifier)
        );

    /// <summary>What this browser sends of a cookie that a form's answer set.</summary>
    public string CookieHeader(string name) => cookies[name];

    [GeneratedRegex("<form method=\"post\" action=\"([^\"]*)\"")]
    private static partial Regex Action();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
