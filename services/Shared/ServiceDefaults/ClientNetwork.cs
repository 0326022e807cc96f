using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Ticketing.ServiceDefaults;

/// <summary>Where a request comes from, as limits count it and logs tell it.</summary>
public static class ClientNetwork
{
    private const int IPv6SiteBytes = 8;
    private const int IPv4CoarseBytes = 3;
    private const int IPv6CoarseBytes = 6;

    /// <summary>What the Gateway saw: it sets X-Forwarded-For anew, the hops behind it only append.</summary>
    public static IPAddress? AddressOf(HttpContext context)
    {
        var forwarded = context.Request.Headers["X-Forwarded-For"].ToString().Split(',')[0].Trim();
        return IPAddress.TryParse(forwarded, out var address) ? address : context.Connection.RemoteIpAddress;
    }

    /// <summary>The address; of IPv6 the /64, which is what one customer has.</summary>
    public static string Of(IPAddress? address)
    {
        address = Plain(address);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes(), 0, IPv6SiteBytes)
            : address.ToString();
    }

    /// <summary>A /24 of IPv4, a /48 of IPv6: tells a provider's region, and nobody's line.</summary>
    public static string Coarse(IPAddress? address)
    {
        address = Plain(address);
        var bytes = address.GetAddressBytes();
        var kept = address.AddressFamily == AddressFamily.InterNetworkV6 ? IPv6CoarseBytes : IPv4CoarseBytes;
        bytes.AsSpan(kept).Clear();
        return $"{new IPAddress(bytes)}/{kept * 8}";
    }

    private static IPAddress Plain(IPAddress? address)
    {
        address ??= IPAddress.None;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
