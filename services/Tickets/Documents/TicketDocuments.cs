using Dapr;
using Dapr.Client;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Documents;

/// <summary>
/// PDFs in the <c>ticket-files</c> binding (S3 semantics), rendered when missing. An object's key names what it shows:
/// a transfer or a change of the event makes another one.
/// </summary>
internal sealed class TicketDocuments(DaprClient dapr, TicketSigner signer, ILogger<TicketDocuments> logger)
    : IDisposable
{
    // Rendering is all CPU: more at once would only make everybody else wait.
    private readonly SemaphoreSlim rendering = new(Environment.ProcessorCount);

    /// <param name="ticket">With its session and event.</param>
    public async Task<byte[]> GetAsync(Ticket ticket, CancellationToken ct)
    {
        if (await FindAsync(ticket, ct) is { } stored)
            return stored;
        var pdf = await RenderAsync(ticket, ct);
        try
        {
            await StoreAsync(ticket, pdf, ct);
        }
        catch (PeerUnavailableException e)
        {
            logger.LogWarning("A ticket's PDF was served but not stored: {Reason}", e.Message);
        }
        return pdf;
    }

    /// <exception cref="PeerUnavailableException">It could not be stored.</exception>
    public async Task RenderAndStoreAsync(Ticket ticket, CancellationToken ct) =>
        await StoreAsync(ticket, await RenderAsync(ticket, ct), ct);

    private async Task<byte[]> RenderAsync(Ticket ticket, CancellationToken ct)
    {
        var code = await signer.SignAsync(ticket, ct);
        await rendering.WaitAsync(ct);
        try
        {
            return await Task.Run(() => TicketPage.Render(ticket, code), ct);
        }
        finally
        {
            rendering.Release();
        }
    }

    private async Task<byte[]?> FindAsync(Ticket ticket, CancellationToken ct)
    {
        try
        {
            var response = await dapr.InvokeBindingAsync(RequestFor(ticket, "get"), ct);
            return response.Data.Length > 0 ? response.Data.ToArray() : null;
        }
        catch (DaprException)
        {
            // Missing and unreachable look alike here; rendering answers both.
            return null;
        }
    }

    private async Task StoreAsync(Ticket ticket, byte[] pdf, CancellationToken ct)
    {
        var request = RequestFor(ticket, "create");
        request.Metadata["Content-Type"] = "application/pdf";
        request.Data = pdf;
        try
        {
            await dapr.InvokeBindingAsync(request, ct);
        }
        catch (DaprException e)
        {
            throw new PeerUnavailableException($"{Components.TicketFiles} is not answering.", e);
        }
    }

    /// <exception cref="PeerUnavailableException">It may still be there.</exception>
    public async Task DeleteAsync(Ticket ticket, CancellationToken ct)
    {
        try
        {
            await dapr.InvokeBindingAsync(RequestFor(ticket, "delete"), ct);
        }
        catch (DaprException e)
        {
            throw new PeerUnavailableException($"{Components.TicketFiles} is not answering.", e);
        }
    }

    private static BindingRequest RequestFor(Ticket ticket, string operation) =>
        new(Components.TicketFiles, operation)
        {
            Metadata = { ["key"] = $"tickets/{ticket.Id}/{ticket.Serial}-{ticket.Session.Event.Version}.pdf" },
        };

    public void Dispose() => rendering.Dispose();
}
