using System.Net;
using System.Net.Sockets;

namespace Ticketing.LocalPostgres;

/// <summary>Loopback ports for servers that are started, and started again, on this machine.</summary>
public static class FreePort
{
    // Below the range from which outgoing connections take theirs (from 32768 up): else one of those may have the port
    // by the time that its server wants it.
    private const int First = 20_000;
    private const int Last = 31_999;

    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last + 1);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }
}
