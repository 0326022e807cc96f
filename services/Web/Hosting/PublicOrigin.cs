using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Web.Hosting;

/// <summary>Requests have the public origin, whatever host name the hops behind the Gateway use.</summary>
internal sealed class PublicOrigin(RequestDelegate next, IOptions<PublicOptions> options)
{
    private readonly Uri origin = new(options.Value.BaseUrl);

    public Task InvokeAsync(HttpContext context)
    {
        context.Request.Scheme = origin.Scheme;
        context.Request.Host = HostString.FromUriComponent(origin);
        return next(context);
    }
}
