using Microsoft.Extensions.Options;
using Ticketing.Payments.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Providers.PixApi;

/// <summary>Tells the PSP at start where its webhooks go, until it has understood. Without it the checks would ask.</summary>
internal sealed class PixWebhookRegistration(
    PixApiClient psp,
    SecretReader secrets,
    IOptions<PaymentsOptions> options,
    IOptions<PublicOptions> site,
    TimeProvider clock,
    ILogger<PixWebhookRegistration> logger
) : BackgroundLoop(clock, logger)
{
    private readonly PixApiOptions options = options.Value.PixApi;
    private bool told;

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(options.Value.PixApi.WebhookRetrySeconds);

    protected override Task WaitAsync(CancellationToken ct) =>
        told ? Task.Delay(Timeout.InfiniteTimeSpan, Clock, ct) : base.WaitAsync(ct);

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        var origin = options.WebhookOrigin.Length > 0 ? options.WebhookOrigin : site.Value.BaseUrl;
        var url = WebhookRoutes.PixUrl(origin, await PixApiProvider.PathSecretAsync(secrets, ct));
        if (!options.AppendsPix)
            url += "/pix";
        using var answer = await psp.SendAsync(
            HttpMethod.Put,
            $"webhook/{Uri.EscapeDataString(options.Receiver)}",
            new { webhookUrl = url },
            ct
        );
        told = answer.IsSuccessStatusCode;
        if (!told)
            throw new ProviderUnavailableException(
                $"The Pix provider did not take the webhook's address: {(int)answer.StatusCode}."
            );
        return false;
    }
}
