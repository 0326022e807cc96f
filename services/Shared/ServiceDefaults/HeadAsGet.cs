using Microsoft.AspNetCore.Http;

namespace Ticketing.ServiceDefaults;

/// <summary>HEAD is GET without a body (RFC 9110): routes know GET alone, and the server keeps the body back.</summary>
public sealed class HeadAsGet(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (HttpMethods.IsHead(context.Request.Method))
            context.Request.Method = HttpMethods.Get;
        return next(context);
    }
}
