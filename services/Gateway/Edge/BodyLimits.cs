using Microsoft.AspNetCore.Http.Features;

namespace Ticketing.Gateway.Edge;

/// <summary>
/// Seat maps of large venues and pictures are the only bodies above the general limit. A body that says its length is refused
/// before anything is forwarded: found out while copying, it fills the log.
/// </summary>
internal sealed class BodyLimits(RequestDelegate next)
{
    private const long SeatMapBytes = 2 * 1024 * 1024;
    private const long PictureBytes = 1024 * 1024;

    public Task InvokeAsync(HttpContext context)
    {
        var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (LimitOf(context.Request.Path.Value ?? "") is { } own && limit is { IsReadOnly: false })
            limit.MaxRequestBodySize = own;
        if (!(context.Request.ContentLength > limit?.MaxRequestBodySize))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        return Task.CompletedTask;
    }

    private static long? LimitOf(string path) =>
        path.Contains("/seat-maps", StringComparison.Ordinal) || path.Contains("/mapas/", StringComparison.Ordinal)
            ? SeatMapBytes
        : path.EndsWith("/picture", StringComparison.Ordinal) || path.EndsWith("/imagem", StringComparison.Ordinal)
            ? PictureBytes
        : null;
}
