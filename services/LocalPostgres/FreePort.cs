using System.Net;
using System.Net.Sockets;

namespace Ticketing.LocalPostgres;

/// <summary>
/// Loopback ports for servers that are started, and started again, on this machine. Between the answer and the server's
/// bind nobody else may take the port: not an outgoing connection (the ports are below the range that those take theirs
/// from, 32768 up), not another process that asks here (each has a block of ports to itself for as long as it lives),
/// not another caller of this process (a port comes again only when the rest of the block was given out).
/// </summary>
public static class FreePort
{
    private const int First = 20_000;
    private const int Last = 31_999;
    private const int BlockSize = 600;

    private static readonly Lock Gate = new();
    private static TcpListener? _claim;
    private static int _next;

    public static int Next()
    {
        lock (Gate)
        {
            _claim ??= ClaimBlock();
            var claimed = ((IPEndPoint)_claim.LocalEndpoint).Port;
            for (var tried = 0; tried < BlockSize; tried++)
            {
                var port = claimed + 1 + _next++ % (BlockSize - 1);
                if (TryListen(port) is { } listener)
                {
                    listener.Dispose();
                    return port;
                }
            }
            throw new InvalidOperationException($"No free port from {claimed + 1} to {claimed + BlockSize - 1}.");
        }
    }

    /// <summary>A block is taken by listening on its first port.</summary>
    private static TcpListener ClaimBlock()
    {
        var blocks = Enumerable.Range(0, (Last + 1 - First) / BlockSize).ToArray();
        Random.Shared.Shuffle(blocks);
        return blocks
                .Select(block => TryListen(First + block * BlockSize))
                .FirstOrDefault(listener => listener is not null)
            ?? throw new InvalidOperationException($"No free ports from {First} to {Last}.");
    }

    private static TcpListener? TryListen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }
}
