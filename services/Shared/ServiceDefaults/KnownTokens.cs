using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Tokens that held a moment ago hold again: checking a signature costs more than anything else of a small request. Known
/// by their hash, until they expire and for a minute at most, so that a key which the issuer withdrew is noticed as soon.
/// </summary>
internal sealed class KnownTokens(TokenHandler inner) : TokenHandler
{
    /// <summary>Some kilobytes each. When it is full it begins anew: what is asked for often is soon back.</summary>
    private const int MaxTokens = 5_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>The one by which the handler judges lifetimes.</summary>
    private static readonly TimeProvider Clock = TimeProvider.System;

    private readonly ConcurrentDictionary<(UInt128, UInt128), (TokenValidationResult Result, DateTime Until)> known =
    [];
    private int added;

    public override async Task<TokenValidationResult> ValidateTokenAsync(
        string token,
        TokenValidationParameters validationParameters
    )
    {
        // Another kind of token, as the sandbox's key, or none: to parse it would cost an exception.
        if (!token.Contains('.'))
            return new() { IsValid = false, Exception = new SecurityTokenMalformedException("Not a JWT.") };
        var key = KeyOf(token);
        var now = Clock.GetUtcNow().UtcDateTime;
        if (known.TryGetValue(key, out var held) && held.Until > now)
            return held.Result;
        var result = await inner.ValidateTokenAsync(token, validationParameters);
        // Reading the identity makes it, which is put off else: then it can be shared.
        if (result.IsValid && result.ClaimsIdentity is not null)
        {
            var end = result.SecurityToken.ValidTo + validationParameters.ClockSkew;
            Add(key, result, end < now + Longest ? end : now + Longest);
        }
        return result;
    }

    public override Task<TokenValidationResult> ValidateTokenAsync(
        SecurityToken token,
        TokenValidationParameters validationParameters
    ) => inner.ValidateTokenAsync(token, validationParameters);

    public override SecurityToken ReadToken(string token) => inner.ReadToken(token);

    private void Add((UInt128, UInt128) key, TokenValidationResult result, DateTime until)
    {
        if (Interlocked.Increment(ref added) > MaxTokens)
        {
            known.Clear();
            Volatile.Write(ref added, 0);
        }
        known[key] = (result, until);
    }

    private static (UInt128, UInt128) KeyOf(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(token.AsSpan()), hash);
        return (MemoryMarshal.Read<UInt128>(hash), MemoryMarshal.Read<UInt128>(hash[16..]));
    }
}
