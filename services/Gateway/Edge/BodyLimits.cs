using Microsoft.AspNetCore.Http.Features;

namespace Ticketing.Gateway.Edge;

/// <summary>Seat maps of large venues are the only bodies above the general limit.</summary>
internal sealed class BodyLimits(RequestDelegate next)
{
    private const long SeatMapBytes = 2 * 1024 * 1024;

    public Task InvokeAsync(HttpContext context)
    {
        if (
            context.Request.Path.Value?.Contains("/seat-maps", StringComparison.Ordinal) == true
            && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit
        )
            limit.MaxRequestBodySize = SeatMapBytes;
        return next(context);
    }
}
