using Microsoft.AspNetCore.Authentication;

namespace Ticketing.Gateway.Edge;

/// <summary>
/// A token that does not hold is refused here, before it costs a service anything. Whether a token is needed at all, and
/// what it may do, each service decides itself.
/// </summary>
internal sealed class RefuseBadTokens(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        return
            authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            && context.User.Identity is not { IsAuthenticated: true }
            // The OpenID provider judges its own tokens (userinfo, revocation).
            && !context.Request.Path.StartsWithSegments("/connect")
            // Another company's API: its bearer is not ours.
            && !context.Request.Path.StartsWithSegments("/sandbox")
            ? context.ChallengeAsync()
            : next(context);
    }
}
