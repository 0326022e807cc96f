using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Dapr;
using Dapr.Client;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Pdf;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Documents;

/// <summary>
/// PDFs in the <c>ticket-files</c> binding (S3 semantics), rendered when they are first wanted. A key names the ticket
/// and what its page shows: whatever changes there makes another file, and all of a ticket go by its prefix.
/// </summary>
internal sealed class TicketDocuments(
    DaprClient dapr,
    TicketSigner signer,
    EventPictures pictures,
    NpgsqlDataSource source,
    ILogger<TicketDocuments> logger
) : IDisposable
{
    /// <summary>Grows when the page looks otherwise.</summary>
    private const int Layout = 3;

    /// <summary>Rendering again is cheaper than to wait longer for the bucket.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(30);

    // Rendering is all CPU: more at once would only make everybody else wait.
    private readonly SemaphoreSlim rendering = new(Environment.ProcessorCount);

    /// <summary>What is being fetched or rendered; whoever wants the same waits for it.</summary>
    private readonly ConcurrentDictionary<string, Lazy<Task<byte[]>>> underway = new();

    private sealed record Listing(IReadOnlyList<StoredFile>? Contents, bool IsTruncated);

    private sealed record StoredFile(string Key);

    /// <param name="ticket">With its session and event.</param>
    public async Task<byte[]> GetAsync(Ticket ticket, PageSize size, CancellationToken ct)
    {
        var key = KeyOf(ticket, size);
        return await underway.GetOrAdd(key, _ => new(() => FetchAsync(ticket, size, key))).Value.WaitAsync(ct);
    }

    /// <summary>Never ends early: several may wait for it.</summary>
    private async Task<byte[]> FetchAsync(Ticket ticket, PageSize size, string key)
    {
        var stored = false;
        try
        {
            if (await FindAsync(key) is { } found)
                return found;
            var picture = await PictureOfAsync(ticket);
            var pdf = await RenderAsync([ticket], size, picture, CancellationToken.None);
            // Without its picture it is good for now, not for good.
            stored = picture is not null || ticket.Session.Event.ImageUrl is null;
            if (stored)
                _ = StoreAsync(ticket, key, pdf);
            return pdf;
        }
        finally
        {
            if (!stored)
                underway.TryRemove(key, out _);
        }
    }

    /// <summary>One document, made anew and not stored: several tickets change more often than one, and drawing is quick.</summary>
    /// <param name="tickets">Of one session, with it and its event.</param>
    public async Task<byte[]> GetAsync(IReadOnlyList<Ticket> tickets, PageSize size, CancellationToken ct) =>
        await RenderAsync(tickets, size, await PictureOfAsync(tickets[0]).WaitAsync(ct), ct);

    private Task<Picture?> PictureOfAsync(Ticket ticket) => pictures.FindAsync(ticket.Session.Event);

    private async Task<byte[]> RenderAsync(
        IReadOnlyList<Ticket> tickets,
        PageSize size,
        Picture? picture,
        CancellationToken ct
    )
    {
        var codes = new List<(Ticket, string)>();
        foreach (var ticket in tickets)
            codes.Add((ticket, await signer.SignAsync(ticket, ct)));
        await rendering.WaitAsync(ct);
        try
        {
            return await Task.Run(() => TicketPage.Render(codes, size, picture), ct);
        }
        finally
        {
            rendering.Release();
        }
    }

    private async Task<byte[]?> FindAsync(string key)
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            var response = await dapr.InvokeBindingAsync(RequestFor("get", key), timeout.Token);
            return response.Data.Length > 0 ? response.Data.ToArray() : null;
        }
        catch (Exception e) when (e is DaprException or OperationCanceledException)
        {
            // Missing and unreachable look alike here; rendering answers both.
            return null;
        }
    }

    /// <summary>After the answer; who comes meanwhile gets the same. What could not be stored is rendered again.</summary>
    private async Task StoreAsync(Ticket ticket, string key, byte[] pdf)
    {
        try
        {
            using var timeout = new CancellationTokenSource(StoreTimeout);
            var request = RequestFor("create", key);
            request.Metadata["Content-Type"] = "application/pdf";
            request.Data = pdf;
            await dapr.InvokeBindingAsync(request, timeout.Token);
            await MarkStaleIfChangedAsync(ticket);
        }
        catch (Exception e)
        {
            logger.LogWarning("A ticket's PDF was served but not stored: {Reason}", e.Reason());
        }
        finally
        {
            underway.TryRemove(key, out _);
        }
    }

    /// <summary>What made the ticket's files stale while this one was stored may have swept them before it came.</summary>
    private async Task MarkStaleIfChangedAsync(Ticket ticket)
    {
        await using var command = source.CreateCommand(
            """
            INSERT INTO stale_documents (ticket_id)
            SELECT id FROM tickets WHERE id = $1 AND (serial <> $2 OR holder_name <> $3 OR status = 'Voided')
            ON CONFLICT (ticket_id) DO UPDATE SET due_at = now()
            """
        );
        command.Add(ticket.Id, ticket.Serial, ticket.HolderName);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Whatever is stored of the ticket.</summary>
    public async Task DeleteAllAsync(Guid ticketId, CancellationToken ct)
    {
        bool more;
        do
        {
            var request = new BindingRequest(Components.TicketFiles, "list")
            {
                Data = JsonSerializer.SerializeToUtf8Bytes(new { prefix = PrefixOf(ticketId) }),
            };
            var response = await dapr.InvokeBindingAsync(request, ct);
            var listing = JsonSerializer.Deserialize<Listing>(response.Data.Span)!;
            foreach (var file in listing.Contents ?? [])
                await dapr.InvokeBindingAsync(RequestFor("delete", file.Key), ct);
            more = listing.IsTruncated;
        } while (more);
    }

    private static string PrefixOf(Guid ticketId) => $"tickets/{ticketId}/";

    /// <summary>The serial leads, so that people can tell the files of a ticket apart.</summary>
    private static string KeyOf(Ticket ticket, PageSize size)
    {
        var (session, e) = (ticket.Session, ticket.Session.Event);
        var shown = JsonSerializer.SerializeToUtf8Bytes(
            new object?[]
            {
                Layout,
                size,
                ticket.HolderName,
                ticket.Locale,
                e.Version,
                session.StartsAt,
                session.DoorsAt,
                session.EndsAt,
            }
        );
        var hash = Convert.ToHexStringLower(SHA256.HashData(shown).AsSpan(0, 8));
        return $"{PrefixOf(ticket.Id)}{ticket.Serial}-{hash}.pdf";
    }

    private static BindingRequest RequestFor(string operation, string key) =>
        new(Components.TicketFiles, operation) { Metadata = { ["key"] = key } };

    public void Dispose() => rendering.Dispose();
}
