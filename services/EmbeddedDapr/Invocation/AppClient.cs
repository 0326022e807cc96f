using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ticketing.EmbeddedDapr.Invocation;

/// <summary>HTTP into the apps: pooled, untouched by ambient tracing, without redirects, cookies or proxies.</summary>
internal static class AppClient
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);

    /// <param name="patience">
    /// How long a refused connection is tried again, because the app may be starting; nothing of the request has been
    /// sent then, so that trying again is always safe.
    /// </param>
    public static HttpMessageInvoker Create(TimeSpan patience) =>
        new(
            new SocketsHttpHandler
            {
                ActivityHeadersPropagator = null,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                UseCookies = false,
                UseProxy = false,
                EnableMultipleHttp2Connections = true,
                PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
                // As Kestrel reads them.
                RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
                ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, patience, ct),
            }
        );

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint address, TimeSpan patience, CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
                when (e.SocketErrorCode == SocketError.ConnectionRefused
                    && TimeProvider.System.GetElapsedTime(started) < patience
                )
            {
                socket.Dispose();
                await Task.Delay(RetryPause, ct);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
