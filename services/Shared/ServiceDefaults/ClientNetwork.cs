using System.Net;
using System.Net.Sockets;

namespace Ticketing.ServiceDefaults;

/// <summary>What limits by network address count by.</summary>
public static class ClientNetwork
{
    private const int IPv6SiteBytes = 8;

    /// <summary>The address; of IPv6 the /64, which is what one customer has.</summary>
    public static string Of(IPAddress? address)
    {
        address ??= IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes(), 0, IPv6SiteBytes)
            : address.ToString();
    }
}
