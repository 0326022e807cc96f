using System.Buffers.Binary;
using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Security.Cryptography;
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
    /// with <c>reason</c> (not-yet-open, closed, cancelled) and <c>opensAt</c>; <c>limit-reached</c> with <c>limit</c>;
    /// <c>person-limit-reached</c> with <c>limit</c> and <c>left</c>: what a person holds and has bought of the session, also
    /// what was passed on, counts. 429 <c>too-many-lapsed-holds</c>: five of the session within the hour came to nothing.
    /// 503: too many are waiting; try again after <c>Retry-After</c> seconds.
    /// </remarks>
    public static async Task<IResult> Handle(
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
            return Problems.Refuse(refusal);
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
        HashSet<Guid>? seats = null;
        var tickets = 0;
        for (var i = 0; i < request.Items.Count; i++)
        {
            var item = request.Items[i];
            // The list's element type cannot say so to the reader of JSON.
            if (item is null)
                throw ProblemException.Invalid($"items[{i}]", "Null is no item.");
            for (var j = 0; j < i; j++)
                if (request.Items[j].TicketTypeId == item.TicketTypeId)
                    throw ProblemException.Invalid(
                        $"items[{i}].ticketTypeId",
                        "Each ticket type once: put all of it in one item."
                    );
            if (item.Quantity is null == item.SeatIds is null)
                throw ProblemException.Invalid(
                    $"items[{i}].quantity",
                    "Either a quantity, or seatIds for a seated type."
                );
            if (item.SeatIds?.All((seats ??= []).Add) == false)
                throw ProblemException.Invalid($"items[{i}].seatIds", "The same seat twice.");
            tickets += item.Quantity ?? item.SeatIds!.Count;
        }
        if (tickets > HoldLimits.MaxTickets)
            throw Refusals.LimitReached($"At most {HoldLimits.MaxTickets} tickets in one hold.", HoldLimits.MaxTickets);
    }

    /// <summary>Of what the request means, not of how its JSON is written.</summary>
    private static byte[] HashOf(Request request)
    {
        Span<byte> text = stackalloc byte[16 + HoldLimits.MaxItems * (16 + 4) + HoldLimits.MaxTickets * 16];
        var length = 0;
        Append(text, request.SessionId);
        foreach (var item in request.Items)
        {
            Append(text, item.TicketTypeId);
            BinaryPrimitives.WriteInt32BigEndian(text[length..], item.Quantity ?? -item.SeatIds!.Count);
            length += 4;
            foreach (var seat in item.SeatIds ?? [])
                Append(text, seat);
        }
        return SHA256.HashData(text[..length]);

        void Append(Span<byte> to, Guid id)
        {
            id.TryWriteBytes(to[length..]);
            length += 16;
        }
    }
}
