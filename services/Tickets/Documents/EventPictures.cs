using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Pdf;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Documents;

/// <summary>
/// Events' pictures for their documents: asked for at Events, or fetched from wherever else the organizer keeps them, over HTTPS
/// from public addresses alone (an address within would make this service a way in), one JPEG of limited size within limited
/// time. Without its picture a document is as good.
/// </summary>
internal sealed class EventPictures : IDisposable
{
    private const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>At most 64 MB.</summary>
    private const int MaxKept = 32;

    /// <summary>Somebody waits for the document.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);

    /// <summary>An address that did not answer is left alone for so long.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    private sealed record Kept(Lazy<Task<Picture?>> Picture, DateTimeOffset Since);

    private readonly ConcurrentDictionary<string, Kept> kept = new();
    private readonly HttpClient http;
    private readonly Peers peers;
    private readonly string ownAddresses;
    private readonly TimeProvider clock;
    private readonly ILogger<EventPictures> logger;

    public EventPictures(Peers peers, IOptions<PublicOptions> site, TimeProvider clock, ILogger<EventPictures> logger)
    {
        (this.peers, this.clock, this.logger) = (peers, clock, logger);
        ownAddresses = $"{site.Value.BaseUrl}/api/v1/events/";
        http = new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                ActivityHeadersPropagator = null,
                ConnectTimeout = Patience,
                ConnectCallback = ConnectAsync,
            }
        )
        {
            Timeout = Patience,
            MaxResponseContentBufferSize = MaxBytes,
        };
    }

    /// <summary>Null when there is none that can be shown.</summary>
    public async Task<Picture?> FindAsync(string? url)
    {
        if (url is null || !Uri.TryCreate(url, UriKind.Absolute, out var address))
            return null;
        var own = OwnOf(url);
        if (own is null && address.Scheme != Uri.UriSchemeHttps)
            return null;
        var now = clock.GetUtcNow();
        if (kept.TryGetValue(url, out var known) && now - known.Since > await AgeAsync(known))
            kept.TryRemove(KeyValuePair.Create(url, known));
        while (kept.Count >= MaxKept && kept.MinBy(k => k.Value.Since) is { Key: not null } oldest)
            kept.TryRemove(oldest);
        var mine = kept.GetOrAdd(url, _ => new(new(() => FetchAsync(address, own)), now));
        return await mine.Picture.Value;
    }

    private static async Task<TimeSpan> AgeAsync(Kept known) => await known.Picture.Value is null ? Rest : Fresh;

    /// <summary>The event whose picture Events keeps at this address.</summary>
    private Guid? OwnOf(string url) =>
        url.StartsWith(ownAddresses, StringComparison.Ordinal)
        && url[ownAddresses.Length..].Split('/') is [var id, var rest]
        && rest.StartsWith("picture?", StringComparison.Ordinal)
        && Guid.TryParse(id, out var found)
            ? found
            : null;

    private async Task<Picture?> FetchAsync(Uri address, Guid? own)
    {
        try
        {
            return await GetAsync(address, own) is { } content ? Picture.Read(content) : null;
        }
        catch (Exception e)
            when (e is HttpRequestException or OperationCanceledException or SocketException or PeerUnavailableException
            )
        {
            logger.LogInformation("An event's picture was not had: {Reason}", e.Reason());
            return null;
        }
    }

    private async Task<byte[]?> GetAsync(Uri address, Guid? own)
    {
        if (own is not { } eventId)
            return await http.GetByteArrayAsync(address);
        using var limit = new CancellationTokenSource(Patience);
        return await peers.DownloadAsync(AppIds.Events, $"internal/pictures/{eventId}", limit.Token);
    }

    /// <summary>The very address that was looked at is connected to: a name may answer otherwise the next time.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, ct);
        if (Array.Find(addresses, PublicAddress.Is) is not { } address)
            throw new HttpRequestException("The picture's host has no public address.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => http.Dispose();
}

/// <summary>Addresses of the internet: not this machine's, this network's, nor any that is set apart (RFC 6890).</summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] SetApart =
    [
        .. (
            (string[])
                [
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/3",
                ]
        ).Select(IPNetwork.Parse),
    ];

    /// <summary>Of IPv6 all that is given out; what lies in it for documentation, tunnels and translation is not.</summary>
    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] SetApartInGlobal =
    [
        IPNetwork.Parse("2001::/23"),
        IPNetwork.Parse("2001:db8::/32"),
        IPNetwork.Parse("2002::/16"),
        IPNetwork.Parse("3fff::/20"),
    ];

    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? !Array.Exists(SetApart, n => n.Contains(address))
            : Global.Contains(address) && !Array.Exists(SetApartInGlobal, n => n.Contains(address));
    }
}
