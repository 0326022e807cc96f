using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

/// <summary>
/// Asks a service of breached passwords with the range API of Pwned Passwords, which learns five digits of a hash and
/// nothing else. When it does not answer, the built-in list decides alone.
/// </summary>
internal sealed class BreachedPasswords(
    HttpClient http,
    IOptions<UsersOptions> options,
    ILogger<BreachedPasswords> logger
)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private const int PrefixLength = 5;

    public async Task<bool> ContainAsync(string password, CancellationToken ct)
    {
        if (options.Value.BreachedPasswordsUrl is not { } url)
            return false;
#pragma warning disable CA5350 // What the API is asked by; nothing is protected with it.
        var hash = Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
        using var request = new HttpRequestMessage(HttpMethod.Get, url.TrimEnd('/') + "/" + hash[..PrefixLength]);
        // The length of the answer then does not tell which range was asked for.
        request.Headers.Add("Add-Padding", "true");
        try
        {
            using var response = await http.SendAsync(request, ct);
            response.EnsureSuccessStatusCode();
            var range = await response.Content.ReadAsStringAsync(ct);
            return range.Split('\n').Any(line => IsIt(line.Trim(), hash[PrefixLength..]));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            logger.LogWarning("Breached passwords cannot be looked up: {Reason}", e.Reason());
            return false;
        }
    }

    /// <summary>A line is <c>SUFFIX:COUNT</c>; padding has a count of zero.</summary>
    private static bool IsIt(string line, string suffix) =>
        line.StartsWith(suffix + ":", StringComparison.OrdinalIgnoreCase)
        && !line.EndsWith(":0", StringComparison.Ordinal);
}
