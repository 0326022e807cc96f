using System.Net;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.SignIn;

internal static class ClientAddress
{
    /// <summary>
    /// The network that the Gateway saw: it sets X-Forwarded-For anew, the hops behind it only append.
    /// </summary>
    public static string Of(HttpContext http)
    {
        var forwarded = http.Request.Headers["X-Forwarded-For"].ToString().Split(',')[0].Trim();
        return ClientNetwork.Of(
            IPAddress.TryParse(forwarded, out var address) ? address : http.Connection.RemoteIpAddress
        );
    }
}
