using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Providers.PixApi;

/// <summary>
/// Calls the PSP's API Pix: over mutual TLS where it asks for it, with an OAuth2 token (client credentials) that is kept until
/// shortly before it ends and fetched anew when it is refused.
/// </summary>
internal sealed class PixApiClient(
    SecretReader secrets,
    IOptions<PaymentsOptions> options,
    PaymentMetrics metrics,
    TimeProvider clock
) : IDisposable
{
    /// <summary>A token that ends sooner could end on its way.</summary>
    private static readonly TimeSpan TokenMargin = TimeSpan.FromSeconds(30);

    /// <summary>What a PSP that does not say is taken to mean.</summary>
    private const int DefaultTokenSeconds = 300;

    /// <summary>Nobody waits longer for a PSP that wants to be left alone.</summary>
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(1);

    private sealed record Token(string Value, DateTimeOffset Until);

    private sealed record TokenAnswer(string? AccessToken, double? ExpiresIn);

    private sealed record Problem(string? Type);

    /// <summary>What the standard asks for must be there; what a PSP adds is passed over.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
    private static readonly JsonSerializerOptions OAuthJson = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private readonly PixApiOptions options = options.Value.PixApi;
    private readonly TimeSpan timeout = TimeSpan.FromSeconds(options.Value.ProviderTimeoutSeconds);
    private readonly SemaphoreSlim one = new(1, 1);
    private HttpClient? http;
    private Token? token;

    /// <param name="path">Below the PSP's base address, without a slash before it.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        var used = await TokenAsync(refused: null, ct);
        var answer = await SendAsync(method, path, body, used, ct);
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
        {
            // It ended early, or the PSP forgot it.
            answer.Dispose();
            answer = await SendAsync(method, path, body, await TokenAsync(refused: used, ct), ct);
        }
        return answer;
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        object? body,
        Token used,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(method, Address(options.BaseUrl, path));
        request.Headers.Authorization = new("Bearer", used.Value);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: Json);
        return await SendAsync(request, ct);
    }

    /// <exception cref="ProviderUnavailableException">It says that it cannot now, or not at all what it was asked.</exception>
    public static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken ct)
    {
        if (!answer.IsSuccessStatusCode)
            throw new ProviderUnavailableException(
                $"The Pix provider answered {(int)answer.StatusCode} {await ProblemAsync(answer, ct)}".TrimEnd() + ".",
                retryAfter: RetryAfter(answer)
            );
        return await ReadAsync<T>(answer, Json, ct);
    }

    /// <summary>The kind of error, by the standard's catalogue. Its other members may name people.</summary>
    private static async Task<string?> ProblemAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        try
        {
            var problem = await answer.Content.ReadFromJsonAsync<Problem>(Json, ct);
            return problem?.Type?.Split('/')[^1];
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or InvalidOperationException)
        {
            return null;
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter?.Delta is { } wait && wait > TimeSpan.Zero
            ? TimeSpan.FromTicks(Math.Min(wait.Ticks, MaxRetryAfter.Ticks))
            : null;

    private static async Task<T> ReadAsync<T>(
        HttpResponseMessage answer,
        JsonSerializerOptions json,
        CancellationToken ct
    )
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync<T>(json, ct)
                ?? throw new ProviderUnavailableException("The Pix provider answered null.");
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or InvalidOperationException)
        {
            throw new ProviderUnavailableException("The Pix provider's answer is broken.", e);
        }
    }

    /// <param name="refused">The token that the PSP no longer takes.</param>
    private async ValueTask<Token> TokenAsync(Token? refused, CancellationToken ct)
    {
        if (Usable(refused) is { } known)
            return known;
        await one.WaitAsync(ct);
        try
        {
            return Usable(refused) ?? (token = await FetchTokenAsync(ct));
        }
        finally
        {
            one.Release();
        }
    }

    private Token? Usable(Token? refused) =>
        token is { } known && known != refused && clock.GetUtcNow() < known.Until ? known : null;

    private async Task<Token> FetchTokenAsync(CancellationToken ct)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
        if (options.Scope.Length > 0)
            form["scope"] = options.Scope;
        var secret = await secrets.GetAsync(SecretNames.PixClientSecret, ct);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.OAuthUrl))
        {
            Content = new FormUrlEncodedContent(form),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.ClientId}:{secret}"))
        );
        using var answer = await SendAsync(request, ct);
        if (!answer.IsSuccessStatusCode)
            throw new ProviderUnavailableException(
                $"The Pix provider gives no token: it answered {(int)answer.StatusCode}.",
                retryAfter: RetryAfter(answer)
            );
        var given = await ReadAsync<TokenAnswer>(answer, OAuthJson, ct);
        if (string.IsNullOrEmpty(given.AccessToken))
            throw new ProviderUnavailableException("The Pix provider's token is empty.");
        var life = TimeSpan.FromSeconds(Math.Clamp(given.ExpiresIn ?? DefaultTokenSeconds, 1, 86_400));
        // One that lives shorter than the margin is used for half its life.
        return new(given.AccessToken, clock.GetUtcNow() + (life > 2 * TokenMargin ? life - TokenMargin : life / 2));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var client = http ??= await ConnectAsync(ct);
        try
        {
            return await client.SendAsync(request, ct);
        }
        catch (Exception e)
            when (e is HttpRequestException or ObjectDisposedException
                || e is TaskCanceledException && !ct.IsCancellationRequested
            )
        {
            throw new ProviderUnavailableException("The Pix provider does not answer.", e);
        }
    }

    private async Task<HttpClient> ConnectAsync(CancellationToken ct)
    {
        var handler = new SocketsHttpHandler
        {
            // Addresses change.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        if (options.ClientCertificate)
        {
            var pem = await secrets.GetAsync(SecretNames.PixClientCertificate, ct);
            var own = X509Certificate2.CreateFromPem(pem, pem);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(own, chain, offline: true);
            metrics.ClientCertificateEnds(own.NotAfter.ToUniversalTime());
        }
        return new(handler) { Timeout = timeout };
    }

    private static Uri Address(string root, string path) => new($"{root.TrimEnd('/')}/{path}");

    public void Dispose()
    {
        http?.Dispose();
        one.Dispose();
    }
}
