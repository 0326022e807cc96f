using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Disputes;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Providers.PixApi;

/// <summary>Pix by any bank that speaks the Central Bank of Brazil's API Pix 2.9: one immediate charge (cob) a payment.</summary>
internal sealed partial class PixApiProvider(
    PixApiClient psp,
    SecretReader secrets,
    IOptions<PaymentsOptions> options,
    TimeProvider clock
) : IPaymentProvider
{
    public const string ProviderName = "pix-api";

    /// <summary>Returns that the PSP could not carry out are asked for under a further id; then a person must look.</summary>
    private const int MaxReturns = 10;

    /// <summary>So long a payer may ask for it, by the Central Bank's rules.</summary>
    private static readonly TimeSpan MedWindow = TimeSpan.FromDays(90);

    /// <summary>Some PSPs list no longer time at once.</summary>
    private static readonly TimeSpan ListStep = TimeSpan.FromDays(5);

    /// <summary>The standard lets a PSP answer so; some say 409 or 422.</summary>
    private static readonly HttpStatusCode[] Refusals =
    [
        HttpStatusCode.BadRequest,
        HttpStatusCode.Conflict,
        HttpStatusCode.UnprocessableEntity,
    ];

    private readonly PixApiOptions options = options.Value.PixApi;

    public string Name => ProviderName;

    public bool Takes(PaymentMethod method, string currency) =>
        method == PaymentMethod.Pix && currency == PixAmount.Currency;

    public async Task<Charge> CreateAsync(Payment payment, Payer payer, CancellationToken ct)
    {
        // The same in every repeat: the PSP takes another content for a revision.
        var seconds = Math.Max(1, (int)Math.Ceiling((payment.ExpiresAt - payment.CreatedAt).TotalSeconds));
        var body = new
        {
            calendario = new { expiracao = seconds },
            // The standard takes a name only with a CPF.
            devedor = payer is { Cpf: { } cpf, Name: { } name } ? new { cpf, nome = name } : null,
            valor = new { original = PixAmount.Format(payment.Amount) },
            chave = options.Receiver,
        };
        using var answer = await psp.SendAsync(HttpMethod.Put, Path(payment), body, ct);
        // Refused may be a repeat: the charge is no longer open, or this PSP takes a txid once.
        return Refusals.Contains(answer.StatusCode)
            ? await FindAsync(payment, ct) ?? Charge.Refused(payment)
            : await MapAsync(payment, await PixApiClient.ReadAsync<Cob>(answer, ct), ct);
    }

    public async Task<Charge?> FindAsync(Payment payment, CancellationToken ct)
    {
        using var answer = await psp.SendAsync(HttpMethod.Get, Path(payment), null, ct);
        return answer.StatusCode == HttpStatusCode.NotFound
            ? null
            : Map(payment, await PixApiClient.ReadAsync<Cob>(answer, ct));
    }

    public async Task<Charge?> CancelAsync(Payment payment, CancellationToken ct)
    {
        if (await RemoveAsync(payment, ct) is { } removed)
            return removed;
        // Its creation may be on its way: take the txid ourselves, so that what arrives later finds it removed.
        await CreateAsync(payment, new Payer(null, null, null), ct);
        return await RemoveAsync(payment, ct)
            ?? throw new ProviderUnavailableException("The Pix provider does not know what it was told.");
    }

    /// <returns>Null when the PSP does not know the charge.</returns>
    private async Task<Charge?> RemoveAsync(Payment payment, CancellationToken ct)
    {
        var body = new { status = Cob.RemovidaPeloUsuario };
        using var answer = await psp.SendAsync(HttpMethod.Patch, Path(payment), body, ct);
        return answer.StatusCode == HttpStatusCode.NotFound ? null
            : Refusals.Contains(answer.StatusCode) ? await FindAsync(payment, ct)
            : await MapAsync(payment, await PixApiClient.ReadAsync<Cob>(answer, ct), ct);
    }

    public async Task<RefundState> RefundAsync(Payment payment, Refund refund, CancellationToken ct)
    {
        if (await ReturnAsync(payment, refund, number: 0, ct) is { } first)
            return StateOf(first);
        // Asked before, or the money is not there to be returned: what the PSP has, counts.
        using var answer = await psp.SendAsync(HttpMethod.Get, $"pix/{payment.SettlementId}", null, ct);
        var made = (await PixApiClient.ReadAsync<PixRecebido>(answer, ct)).Devolucoes ?? [];
        var ours = made.Where(d => d.Id.StartsWith(ReturnId(refund, 0), StringComparison.Ordinal)).ToList();
        if (ours.Find(d => d.Status != Devolucao.NaoRealizado) is { } known)
            return StateOf(known);
        if (made.Any(d => d.IsMed && d.Status != Devolucao.NaoRealizado))
            return RefundState.Disputed;
        if (ours.Count is > 0 and < MaxReturns && await ReturnAsync(payment, refund, ours.Count, ct) is { } further)
            return StateOf(further);
        throw new ProviderUnavailableException($"The Pix provider refuses the refund, {ours.Count} times.");
    }

    /// <returns>Null when it is refused.</returns>
    private async Task<Devolucao?> ReturnAsync(Payment payment, Refund refund, int number, CancellationToken ct)
    {
        var path = $"pix/{payment.SettlementId}/devolucao/{ReturnId(refund, number)}";
        var body = new { valor = PixAmount.Format(refund.Amount) };
        using var answer = await psp.SendAsync(HttpMethod.Put, path, body, ct);
        return Refusals.Contains(answer.StatusCode) ? null : await PixApiClient.ReadAsync<Devolucao>(answer, ct);
    }

    private static string ReturnId(Refund refund, int number) =>
        number == 0 ? $"{refund.Id:N}" : $"{refund.Id:N}{number}";

    /// <summary>What was not carried out is asked for again.</summary>
    private static RefundState StateOf(Devolucao made) =>
        made.Status == Devolucao.Devolvido ? RefundState.Completed : RefundState.Pending;

    private static string Path(Payment payment) => $"cob/{payment.TxId}";

    /// <summary>Answers to changes do not list the money that came.</summary>
    private async Task<Charge> MapAsync(Payment payment, Cob cob, CancellationToken ct) =>
        cob is { Status: Cob.Concluida, Pix: null or [] }
            ? await FindAsync(payment, ct)
                ?? throw new ProviderUnavailableException("The Pix provider forgot a charge.")
            : Map(payment, cob);

    /// <summary>Money that came says more than the charge's state: it may come late.</summary>
    private static Charge Map(Payment payment, Cob cob)
    {
        if (!string.Equals(cob.Txid, payment.TxId, StringComparison.OrdinalIgnoreCase))
            throw new ProviderUnavailableException("The Pix provider answered about another charge.");
        var came = (cob.Pix ?? [])
            .OrderBy(p => p.Horario)
            .Select(p => (Pix: p, Amount: PixAmount.Parse(p.Valor)))
            .ToList();
        if (came.Count == 0)
            return new(
                cob.Txid,
                cob.Status switch
                {
                    Cob.Ativa => ChargeState.Open,
                    Cob.RemovidaPeloUsuario or Cob.RemovidaPeloPsp => ChargeState.Cancelled,
                    _ => throw new ProviderUnavailableException(
                        $"The Pix provider's status {cob.Status} tells nothing."
                    ),
                },
                new(PixAmount.Parse(cob.Valor.Original), PixAmount.Currency),
                CopyPaste: cob.PixCopiaECola
            );
        // What was settled stays the same Pix, whatever comes after it. A wrong amount was not.
        var settled = payment.Status is PaymentStatus.Settled or PaymentStatus.Refunded ? payment.SettlementId : null;
        var (pix, amount) =
            came.Find(p => p.Pix.EndToEndId == settled) is { Pix: not null } known ? known
            : came.Find(p => p.Amount == payment.Amount) is { Pix: not null } right ? right
            : came[0];
        return new(
            cob.Txid,
            ChargeState.Settled,
            new(amount, PixAmount.Currency),
            SettlementId: pix.EndToEndId,
            SettledAt: pix.Horario,
            Surplus: came.Sum(p => p.Amount) - amount
        )
        {
            Disputes = [.. (pix.Devolucoes ?? []).Where(d => d.IsMed).Select(Read)],
        };
    }

    /// <summary>The standard tells of MED by its return: asked for, made, or not carried out. The reason is its nature.</summary>
    private static ChargeDispute Read(Devolucao med) =>
        new(
            med.Id,
            med.Status switch
            {
                Devolucao.Devolvido => DisputeState.Lost,
                Devolucao.NaoRealizado => DisputeState.Won,
                _ => DisputeState.Opened,
            },
            PixAmount.Parse(med.Valor),
            med.Natureza!
        );

    public async IAsyncEnumerable<Receipt> ListReceiptsAsync(
        DateTimeOffset from,
        DateTimeOffset until,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        // What the standard calls the end is listed too.
        await foreach (var pix in ListAsync(from, until, "", ct))
            if (pix.Horario is { } at && at >= from && at < until)
            {
                var (order, attempt) = Named(pix) ?? default;
                var returned = (pix.Devolucoes ?? [])
                    .Where(d => !d.IsMed && d.Status != Devolucao.NaoRealizado)
                    .Sum(d => PixAmount.Parse(d.Valor));
                yield return new(
                    pix.EndToEndId,
                    new(PixAmount.Parse(pix.Valor), PixAmount.Currency),
                    returned,
                    at,
                    OrderId: order,
                    Attempt: attempt
                );
            }
    }

    /// <summary>The standard lists Pix that came, not returns that were asked for: all of so many days that have returns.</summary>
    public async IAsyncEnumerable<NamedDispute> ListDisputesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await foreach (var pix in ListAsync(now - MedWindow, now, "&devolucaoPresente=true", ct))
            if (Named(pix) is var (order, attempt))
                foreach (var med in (pix.Devolucoes ?? []).Where(d => d.IsMed))
                    yield return new(med.Id, Read(med).State, order, attempt);
    }

    private static (Guid OrderId, int Attempt)? Named(PixRecebido pix) =>
        pix.Txid is { } txid ? Payment.ParseTxId(txid) : null;

    /// <summary>In steps that PSPs take, page by page.</summary>
    private async IAsyncEnumerable<PixRecebido> ListAsync(
        DateTimeOffset from,
        DateTimeOffset until,
        string filter,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        for (; from < until; from += ListStep)
        {
            var to = from + ListStep < until ? from + ListStep : until;
            for (int page = 0, pages = 1; page < pages; page++)
            {
                var path = FormattableString.Invariant(
                    $"pix?inicio={from:yyyy-MM-ddTHH:mm:ssZ}&fim={to:yyyy-MM-ddTHH:mm:ssZ}{filter}&paginacao.paginaAtual={page}"
                );
                using var answer = await psp.SendAsync(HttpMethod.Get, path, null, ct);
                var found = await PixApiClient.ReadAsync<PixList>(answer, ct);
                pages = found.Parametros?.Paginacao?.QuantidadeDePaginas ?? 1;
                foreach (var pix in found.Pix ?? [])
                    yield return pix;
            }
        }
    }

    /// <summary>The standard has no way to answer an infraction: that is done at the bank.</summary>
    public bool TakesEvidence => false;

    public Task AnswerAsync(Payment payment, Dispute dispute, CancellationToken ct) => Task.CompletedTask;

    public async Task<IReadOnlyList<WebhookNotice>?> ReadWebhookAsync(
        string? path,
        IHeaderDictionary headers,
        ReadOnlyMemory<byte> body,
        CancellationToken ct
    )
    {
        var expected = await PathSecretAsync(secrets, ct);
        if (
            !CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(path ?? ""),
                Encoding.UTF8.GetBytes(expected)
            )
        )
            return null;
        try
        {
            // Without any Pix it is how some PSPs try the address.
            var message = JsonSerializer.Deserialize<PixWebhook>(body.Span, PixApiClient.Json);
            return [.. (message ?? throw new JsonException("null")).Pix?.Select(Read) ?? []];
        }
        catch (JsonException)
        {
            throw new ProblemException(400, "invalid", "The body is not a webhook of API Pix.");
        }
    }

    /// <summary>The webhook's path: made of the secret, which itself may hold what no path may.</summary>
    public static async ValueTask<string> PathSecretAsync(SecretReader secrets, CancellationToken ct) =>
        Convert.ToHexStringLower(
            HMACSHA256.HashData(
                Encoding.UTF8.GetBytes(await secrets.GetAsync(SecretNames.PixWebhookSecret, ct)),
                "path"u8
            )
        );

    /// <summary>The standard has no id of an event: the same Pix with the same returns is the same event.</summary>
    private static WebhookNotice Read(PixRecebido? pix)
    {
        var returns = pix?.Devolucoes ?? [];
        if (pix is null || !Id().IsMatch(pix.EndToEndId) || returns.Any(d => !Id().IsMatch(d.Id)))
            throw new JsonException("id");
        var named = Named(pix);
        var told = string.Join(',', returns.Select(d => $"{d.Id}={d.Status}"));
        return new(
            returns.Count == 0
                ? pix.EndToEndId
                : $"{pix.EndToEndId}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(told)))}",
            returns.Count == 0 ? "pix" : "devolucao",
            OrderId: named?.OrderId,
            Attempt: named?.Attempt
        );
    }

    [GeneratedRegex(@"^[a-zA-Z0-9]{1,40}\z")]
    private static partial Regex Id();
}
