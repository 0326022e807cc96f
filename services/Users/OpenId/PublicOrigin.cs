using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.OpenId;

/// <summary>The one public origin, whatever host name the hops behind the Gateway use.</summary>
internal sealed class PublicOrigin
{
    public PublicOrigin(IOptions<PublicOptions> options)
        : this(options.Value) { }

    public PublicOrigin(PublicOptions options)
    {
        BaseUrl = options.BaseUrl.TrimEnd('/');
        Uri = new Uri(BaseUrl + "/");
    }

    /// <summary>Without a trailing slash.</summary>
    public string BaseUrl { get; }

    /// <summary>With one: the issuer.</summary>
    public Uri Uri { get; }

    public bool IsHttps => Uri.Scheme == Uri.UriSchemeHttps;
}
