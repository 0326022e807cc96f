using Microsoft.AspNetCore.Http.HttpResults;

namespace Ticketing.Tickets.IssuedTickets;

internal static class GetKeys
{
    internal sealed record Response(IReadOnlyList<Jwk> Keys);

    /// <param name="Kid">The key id in the codes, hexadecimal.</param>
    internal sealed record Jwk(string Kty, string Crv, string Use, string Alg, string Kid, string X, string Y);

    private const string CacheFor = "public, max-age=300";

    /// <summary>Public keys that verify ticket codes offline (JWKS).</summary>
    /// <remarks>
    /// A code is base64url of: version 1 (1 byte), key id (4), ticket id (16), session id (16), serial (4), all
    /// big-endian, then the ES256 signature over those 41 bytes (64, r and s).
    /// </remarks>
    public static async Task<Ok<Response>> Handle(HttpContext context, TicketSigner signer, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = CacheFor;
        return TypedResults.Ok(new Response(await signer.PublicKeysAsync(ct)));
    }
}
