using System.Globalization;
using System.Security.Cryptography;
using Konscious.Security.Cryptography;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

/// <summary>
/// argon2id with OWASP's parameters, as a PHC string. Each run takes 19 MiB, so no more run at once than there are
/// cores, and no more wait than can be served while somebody is still there.
/// </summary>
internal sealed class PasswordHasher : IDisposable
{
    private const int MemoryKib = 19 * 1024;
    private const int Iterations = 2;
    private const int Lanes = 1;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const int MaxWaiting = 200;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim slots = new(Environment.ProcessorCount);
    private int waiting;

    /// <summary>A hash that no password has: what an unknown address is checked against.</summary>
    public static string Nobody { get; } = Format(new byte[SaltBytes], RandomNumberGenerator.GetBytes(HashBytes));

    public async Task<string> HashAsync(string password, CancellationToken ct)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var parameters = new Parameters(MemoryKib, Iterations, Lanes);
        return Format(salt, await RunAsync(password, salt, HashBytes, parameters, ct));
    }

    public async Task<bool> VerifyAsync(string hash, string password, CancellationToken ct)
    {
        if (hash.Split('$') is not ["", "argon2id", "v=19", var parameters, var salt, var expected])
            throw new FormatException("Not an argon2id hash.");
        var wanted = Decode(expected);
        var actual = await RunAsync(password, Decode(salt), wanted.Length, Parameters.Parse(parameters), ct);
        return CryptographicOperations.FixedTimeEquals(actual, wanted);
    }

    private async Task<byte[]> RunAsync(
        string password,
        byte[] salt,
        int length,
        Parameters parameters,
        CancellationToken ct
    )
    {
        if (Interlocked.Increment(ref waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref waiting);
            throw new ProblemException(503, "busy", "Too many people are signing in at this moment.", RetryAfter);
        }
        try
        {
            await slots.WaitAsync(ct);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
        try
        {
            using var argon2 = new Argon2id(PasswordRules.Encode(password))
            {
                Salt = salt,
                MemorySize = parameters.MemoryKib,
                Iterations = parameters.Iterations,
                DegreeOfParallelism = parameters.Lanes,
            };
            return await argon2.GetBytesAsync(length);
        }
        finally
        {
            slots.Release();
        }
    }

    private static string Format(byte[] salt, byte[] hash) =>
        $"$argon2id$v=19$m={MemoryKib},t={Iterations},p={Lanes}${Encode(salt)}${Encode(hash)}";

    // PHC strings have base64 without padding.
    private static string Encode(byte[] data) => Convert.ToBase64String(data).TrimEnd('=');

    private static byte[] Decode(string text) =>
        Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));

    public void Dispose() => slots.Dispose();

    private readonly record struct Parameters(int MemoryKib, int Iterations, int Lanes)
    {
        public static Parameters Parse(string text)
        {
            var values = text.Split(',')
                .Select(p => p.Split('='))
                .ToDictionary(p => p[0], p => int.Parse(p[1], CultureInfo.InvariantCulture));
            return new(values["m"], values["t"], values["p"]);
        }
    }
}
