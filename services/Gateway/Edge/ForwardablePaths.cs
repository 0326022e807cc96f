using System.Globalization;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace Ticketing.Gateway.Edge;

/// <summary>
/// Refuses paths that cannot be forwarded as they are meant: a sidecar decodes a path once, so that an encoded percent
/// sign, question mark, number sign or control character would be another path behind it, or none. Comes before all that
/// costs something.
/// </summary>
internal sealed class ForwardablePaths(RequestDelegate next, IProblemDetailsService problems)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (IsForwardable(context.Features.Get<IHttpRequestFeature>()!.RawTarget))
        {
            await next(context);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        // Who takes no JSON gets the status alone.
        await problems.TryWriteAsync(
            new()
            {
                HttpContext = context,
                ProblemDetails = new ProblemDetails
                {
                    Status = StatusCodes.Status400BadRequest,
                    Title = "Bad Request",
                    Detail =
                        "The path holds an encoded %, ?, # or control character, or an encoding that stands for nothing.",
                },
            }
        );
    }

    private static bool IsForwardable(ReadOnlySpan<char> target)
    {
        var query = target.IndexOf('?');
        var path = query < 0 ? target : target[..query];
        if (!path.Contains('%'))
            return true;
        Span<byte> bytes = path.Length <= 256 ? stackalloc byte[path.Length] : new byte[path.Length];
        var length = 0;
        for (var i = 0; i < path.Length; i++)
        {
            var value = (byte)path[i];
            if (value == '%')
            {
                if (
                    path.Length < i + 3
                    || !byte.TryParse(
                        path.Slice(i + 1, 2),
                        NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture,
                        out value
                    )
                    || value is < 0x20 or 0x7f or (byte)'%' or (byte)'?' or (byte)'#'
                )
                    return false;
                i += 2;
            }
            bytes[length++] = value;
        }
        return Utf8.IsValid(bytes[..length]);
    }
}
