using Ticketing.ServiceDefaults;

namespace Ticketing.Users.OpenId;

/// <summary>Loads the keys and seeds the clients, again and again until the sidecar and the database are there.</summary>
internal sealed class ProviderStartup(
    IServiceProvider services,
    ProviderKeys keys,
    TimeProvider clock,
    ILogger<ProviderStartup> logger
) : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ready => ready.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!await TryAsync(stoppingToken))
                await Task.Delay(RetryDelay, clock, stoppingToken);
            ready.SetResult();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task<bool> TryAsync(CancellationToken ct)
    {
        try
        {
            await using var scope = services.CreateAsyncScope();
            await keys.LoadAsync(ct);
            await Clients.SeedAsync(scope.ServiceProvider, ct);
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Another replica may have seeded at the same time: the next round finds its rows.
            logger.LogWarning("The OpenID provider waits: {Reason}", e.Reason());
            return false;
        }
    }
}

/// <summary>
/// Before anything else: requests wait for the provider (OpenIddict looks at every one of them, and cannot without
/// keys), and have the public origin, whatever host name they came by.
/// </summary>
internal sealed class ProviderGate(RequestDelegate next, ProviderStartup startup, PublicOrigin origin)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly string[] Pages = ["/connect", "/account"];

    public async Task InvokeAsync(HttpContext context)
    {
        if (!startup.Ready.IsCompletedSuccessfully)
        {
            if (context.Request.Path.StartsWithSegments("/healthz/live"))
                return;
            // Late: TimeoutException, which is answered with 503.
            await startup.Ready.WaitAsync(Patience, context.RequestAborted);
        }
        context.Request.Scheme = origin.Uri.Scheme;
        context.Request.Host = HostString.FromUriComponent(origin.Uri);
        await RefuseUnreadableAsync(context.Request);
        await next(context);
    }

    /// <summary>
    /// NUL characters: ASP.NET reads no form that holds one, and the database keeps no text with one. And forms that are
    /// too long, badly encoded or break off.
    /// </summary>
    private static async Task RefuseUnreadableAsync(HttpRequest request)
    {
        if (!Pages.Any(p => request.Path.StartsWithSegments(p)))
            return;
        if (request.Query.Any(p => p.Value.Any(v => v?.Contains('\0') == true)))
            throw new BadHttpRequestException("A parameter holds a NUL character.");
        try
        {
            if (request.HasFormContentType)
                await request.ReadFormAsync();
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The form cannot be read.", e);
        }
    }
}
