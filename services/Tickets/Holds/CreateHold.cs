using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

/// <summary>The hot path. Everything that depends on stock, time or other requests is decided in take_holds.</summary>
internal static class CreateHold
{
    /// <param name="Items">One for each ticket type; all are held or none.</param>
    public sealed record Request(
        Guid SessionId,
        [Required, MinLength(1), MaxLength(HoldLimits.MaxItems)] IReadOnlyList<Item> Items
    );

    /// <summary>General admission says a quantity; seated types name seats. Never both.</summary>
    public sealed record Item(
        Guid TicketTypeId,
        [Range(1, HoldLimits.MaxTickets)] int? Quantity = null,
        [MinLength(1), MaxLength(HoldLimits.MaxTickets)] IReadOnlyList<Guid>? SeatIds = null
    );

    /// <summary>Hold tickets.</summary>
    /// <remarks>
    /// All or nothing. Refusals (409): <c>sold-out</c>; <c>seats-taken</c> with <c>seatIds</c>; <c>sale-not-open</c>
    /// with <c>reason</c> (not-yet-open, closed, cancelled) and <c>opensAt</c>; <c>limit-reached</c> with <c>limit</c>.
    /// 503: too many are waiting; try again after <c>Retry-After</c> seconds.
    /// </remarks>
    public static async Task<Created<HoldView>> Handle(
        Request request,
        ClaimsPrincipal user,
        HttpContext context,
        HoldWriter writer,
        HoldReader reader,
        CancellationToken ct
    )
    {
        Check(request);
        var key = KeyOf(context.Request);
        var pending = new PendingHold(
            Guid.CreateVersion7(),
            user.UserId(),
            request,
            key,
            key is null ? null : HashOf(request),
            ct
        );
        var decision = await writer.DecideAsync(pending);
        if (decision.Refusal is { } refusal)
            throw refusal;
        var hold = decision.Granted;
        if (decision.ReplayOf is { } earlier)
        {
            hold = await reader.FirstAnswerAsync(earlier, ct);
            context.Response.Headers["Idempotent-Replayed"] = "true";
        }
        Traces.Tag(Traces.OrderId, hold!.Id.ToString());
        return TypedResults.Created($"/api/v1/holds/{hold.Id}", hold);
    }

    private static string? KeyOf(HttpRequest request)
    {
        var key = request.Headers[Idempotency.Header].ToString();
        if (key.Length > HoldLimits.MaxKeyLength)
            throw ProblemException.Invalid(Idempotency.Header, $"At most {HoldLimits.MaxKeyLength} characters.");
        return key.Length == 0 ? null : key;
    }

    private static void Check(Request request)
    {
        var types = new HashSet<Guid>();
        var seats = new HashSet<Guid>();
        var tickets = 0;
        foreach (var (index, item) in request.Items.Index())
        {
            var field = $"items[{index}]";
            // The list's element type cannot say so to the reader of JSON.
            if (item is null)
                throw ProblemException.Invalid(field, "Null is no item.");
            if (!types.Add(item.TicketTypeId))
                throw ProblemException.Invalid(
                    $"{field}.ticketTypeId",
                    "Each ticket type once: put all of it in one item."
                );
            if (item.Quantity is null == item.SeatIds is null)
                throw ProblemException.Invalid($"{field}.quantity", "Either a quantity, or seatIds for a seated type.");
            if (item.SeatIds?.All(seats.Add) == false)
                throw ProblemException.Invalid($"{field}.seatIds", "The same seat twice.");
            tickets += item.Quantity ?? item.SeatIds!.Count;
        }
        if (tickets > HoldLimits.MaxTickets)
            throw Refusals.LimitReached($"At most {HoldLimits.MaxTickets} tickets in one hold.", HoldLimits.MaxTickets);
    }

    /// <summary>Of what the request means, not of how its JSON is written.</summary>
    private static byte[] HashOf(Request request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(request.SessionId.ToByteArray());
        foreach (var item in request.Items)
        {
            hash.AppendData(item.TicketTypeId.ToByteArray());
            hash.AppendData(BitConverter.GetBytes(item.Quantity ?? -item.SeatIds!.Count));
            foreach (var seat in item.SeatIds ?? [])
                hash.AppendData(seat.ToByteArray());
        }
        return hash.GetHashAndReset();
    }
}
