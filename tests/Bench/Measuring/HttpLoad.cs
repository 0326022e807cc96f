using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Ticketing.Local;

namespace Ticketing.Bench.Measuring;

/// <summary>
/// Connections that each send a request as soon as the last is answered. A client that takes as little as it can from the
/// cores that it shares with the server: one buffer, no parsing beyond the status and the end of the answer.
/// </summary>
internal sealed record HttpLoad(double PerSecond, double P50Ms, double P99Ms, IReadOnlyDictionary<int, int> Refused)
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] EndOfChunks = "\r\n0\r\n\r\n"u8.ToArray();

    /// <param name="next">The connection's next request; null: it has none left.</param>
    /// <param name="perSecond">
    /// Open: requests of all connections come at random at this rate, and their time counts from when they were to be sent.
    /// </param>
    public static async Task<HttpLoad> RunAsync(
        Uri origin,
        int connections,
        TimeSpan duration,
        Func<int, byte[]?> next,
        CancellationToken ct,
        double? perSecond = null
    )
    {
        var gap = TimeSpan.FromSeconds(connections / perSecond ?? 0);
        var start = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(i => Task.Run(() => ConnectionAsync(origin, () => next(i), start, duration, gap, ct), ct))
        );
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var times = all.SelectMany(c => c.Times).Order().ToList();
        if (times.Count == 0)
            throw new LocalException($"{origin} answered nothing.");
        return new(
            times.Count / elapsed,
            times[times.Count / 2],
            times[(int)((times.Count - 1) * 0.99)],
            all.SelectMany(c => c.Refused).CountBy(status => status).ToDictionary()
        );
    }

    public static byte[] Get(Uri url, string? token = null) => Request("GET", url, token, null);

    public static byte[] Post(Uri url, string token, string json) => Request("POST", url, token, json);

    private static byte[] Request(string method, Uri url, string? token, string? json)
    {
        var head = new StringBuilder($"{method} {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\n");
        if (token is not null)
            head.Append(null, $"Authorization: Bearer {token}\r\n");
        if (json is not null)
            head.Append(
                    null,
                    $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n"
                )
                .Append(null, $"Idempotency-Key: {Guid.CreateVersion7()}\r\n");
        return Encoding.UTF8.GetBytes(head.Append("\r\n").Append(json).ToString());
    }

    private static async Task<(List<double> Times, List<int> Refused)> ConnectionAsync(
        Uri origin,
        Func<byte[]?> next,
        long start,
        TimeSpan duration,
        TimeSpan gap,
        CancellationToken ct
    )
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(origin.Host, origin.Port, ct);
        var (times, refused) = (new List<double>(), new List<int>());
        var buffer = new byte[16 * 1024];
        var due = TimeSpan.Zero;
        while (Stopwatch.GetElapsedTime(start) < duration && next() is { } request)
        {
            var sent = Stopwatch.GetTimestamp();
            if (gap > TimeSpan.Zero)
            {
                due += gap * -Math.Log(1 - Random.Shared.NextDouble());
                if (due > duration)
                    break;
                if (due - Stopwatch.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
                    await Task.Delay(left, ct);
                sent = start + (long)(due.TotalSeconds * Stopwatch.Frequency);
            }
            await socket.SendAsync(request, ct);
            var length = 0;
            while (!IsWhole(buffer.AsSpan(0, length)))
            {
                if (length == buffer.Length)
                    Array.Resize(ref buffer, buffer.Length * 2);
                var read = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
                if (read == 0)
                    throw new LocalException($"{origin} closed a connection.");
                length += read;
            }
            var status = ((buffer[9] - '0') * 100) + ((buffer[10] - '0') * 10) + (buffer[11] - '0');
            if (status is >= 200 and < 300)
                times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            else
                refused.Add(status);
        }
        return (times, refused);
    }

    /// <summary>One answer at a time: what ends as an answer ends is one.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf(EndOfHead);
        if (head < 0)
            return false;
        var at = answer[..head].IndexOf("Content-Length: "u8);
        if (at < 0)
            return answer.EndsWith(EndOfChunks);
        var digits = answer[(at + "Content-Length: "u8.Length)..head];
        var length = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                break;
            length = (length * 10) + digit - '0';
        }
        return answer.Length >= head + EndOfHead.Length + length;
    }
}
