using System.Net.Http.Headers;
using Dapr.Client;

namespace Ticketing.Web.Api;

/// <summary>Other services through our own Dapr sidecar, by app id.</summary>
internal sealed class Sidecar : IDisposable
{
    /// <summary>A little longer than an order's <c>wait</c>, which is the longest answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly InvocationHandler handler;

    public Sidecar(IConfiguration configuration)
    {
        handler = new InvocationHandler
        {
            InnerHandler = new SocketsHttpHandler { UseProxy = false, UseCookies = false },
        };
        handler.DaprEndpoint =
            configuration["DAPR_HTTP_ENDPOINT"] ?? $"http://127.0.0.1:{configuration["DAPR_HTTP_PORT"] ?? "3500"}";
        Http = new(new WithToken(configuration["DAPR_API_TOKEN"], handler)) { Timeout = Patience };
    }

    /// <summary>For addresses like <c>http://orders/api/v1/orders</c>.</summary>
    public HttpClient Http { get; }

    public void Dispose() => Http.Dispose();

    private sealed class WithToken(string? token, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            if (token is not null)
                request.Headers.TryAddWithoutValidation("dapr-api-token", token);
            return base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>
/// The identity provider's own requests (discovery, keys, tokens) speak of the public origin, which a pod may not reach:
/// they go to Users through the sidecar.
/// </summary>
internal sealed class ProviderThroughSidecar(Sidecar sidecar, string publicOrigin) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var asked = request.RequestUri!.AbsoluteUri;
        if (!asked.StartsWith(publicOrigin + "/", StringComparison.Ordinal))
            throw new HttpRequestException($"The embedded provider is not at {request.RequestUri.Host}.");
        using var copy = new HttpRequestMessage(
            request.Method,
            $"http://{Contracts.AppIds.Users}{asked[publicOrigin.Length..]}"
        );
        if (request.Content is { } content)
        {
            copy.Content = new ByteArrayContent(await content.ReadAsByteArrayAsync(cancellationToken));
            copy.Content.Headers.ContentType = content.Headers.ContentType;
        }
        copy.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return await sidecar.Http.SendAsync(copy, cancellationToken);
    }
}
