using Npgsql;
using Ticketing.Sandbox.Pix;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.ApiPix;

internal static class PutWebhook
{
    private const int MaxUrl = 2000;

    public sealed record Request(string WebhookUrl);

    /// <summary>Where the key's owner wants to be told: at <c>/pix</c> below this address.</summary>
    public static async Task<IResult> Handle(
        string chave,
        Request request,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        CancellationToken ct
    )
    {
        if (
            chave.Length > PixCharge.MaxKey
            || request.WebhookUrl.Length > MaxUrl
            || !Uri.TryCreate(request.WebhookUrl, UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https")
        )
            throw new ApiPixException(400, "WebhookOperacaoInvalida", "webhook.webhookUrl is no address.");
        await using var command = source.CreateCommand(
            "INSERT INTO pix_webhooks (key, url) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET url = $2"
        );
        command.Add(chave, request.WebhookUrl);
        await command.ExecuteNonQueryAsync(ct);
        webhooks.Pulse();
        return Results.Ok();
    }
}
