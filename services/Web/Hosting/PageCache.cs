using System.Security.Cryptography;
using Ticketing.ServiceDefaults;
using Ticketing.Web.SignIn;

namespace Ticketing.Web.Hosting;

/// <summary>The same for everybody who is not signed in, in their language: may be kept by browsers and caches between.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PublicPageAttribute : Attribute;

/// <summary>Gives public pages their ETag, and 304 to who has them already.</summary>
internal sealed class PageCache(RequestDelegate next)
{
    private const string Shared = "public, max-age=0, s-maxage=30, stale-while-revalidate=30";

    public async Task InvokeAsync(HttpContext context)
    {
        if (
            !HttpMethods.IsGet(context.Request.Method)
            || context.GetEndpoint()?.Metadata.GetMetadata<PublicPageAttribute>() is null
            || context.Request.Cookies.ContainsKey(SignInRoutes.Cookie(context))
        )
        {
            await next(context);
            return;
        }
        var response = context.Response;
        using var made = await HeldBack.RunAsync(context, next);
        if (response.StatusCode == StatusCodes.Status200OK)
        {
            var etag = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(made.ToArray()).AsSpan(0, 16))}\"";
            response.Headers.ETag = etag;
            response.Headers.CacheControl = Shared;
            response.Headers.Vary = "Accept-Language, Cookie";
            if (ETag.IsKnown(context.Request, etag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                response.ContentLength = null;
                return;
            }
        }
        await made.CopyToAsync(response.Body, context.RequestAborted);
    }
}
