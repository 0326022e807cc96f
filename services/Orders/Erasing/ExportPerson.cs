using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Orders.Refunding;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Erasing;

/// <summary>All that is kept about a buyer, for the archive that the person asks Users for.</summary>
internal static class ExportPerson
{
    private const int MaxOrders = 10_000;

    public sealed record Response(IReadOnlyList<ExportedOrder> Orders, bool? ShownToOrganizers);

    public sealed record ExportedOrder(
        Guid Id,
        string Number,
        OrderStatus Status,
        string EventTitle,
        DateTimeOffset StartsAt,
        string Name,
        string Email,
        string? Cpf,
        IReadOnlyList<Contracts.Attendee> Attendees,
        IReadOnlyList<OrderLine> Lines,
        IReadOnlyList<Contracts.IssuedTicket> Tickets,
        Contracts.Money Total,
        string? CardBrand,
        string? CardLast4,
        DateTimeOffset PlacedAt,
        DateTimeOffset? PaidAt,
        DateTimeOffset? RefundRequestedAt,
        string? RefundReason,
        IReadOnlyList<PartialRefund> PartialRefunds
    );

    public static async Task<Ok<Response>> Handle(
        Guid id,
        OrdersDb db,
        PersonalDataProtector protector,
        CancellationToken ct
    )
    {
        var orders = await db
            .Orders.AsNoTracking()
            .Where(o => o.BuyerId == id)
            .OrderByDescending(o => o.Id)
            .Take(MaxOrders)
            .ToListAsync(ct);
        var consent = await db.OrganizerConsents.AsNoTracking().SingleOrDefaultAsync(c => c.UserId == id, ct);
        var exported = new List<ExportedOrder>();
        foreach (var o in orders)
            exported.Add(await OfAsync(o, protector, ct));
        return TypedResults.Ok(new Response(exported, consent?.Granted));
    }

    private static async Task<ExportedOrder> OfAsync(Order o, PersonalDataProtector protector, CancellationToken ct) =>
        new(
            o.Id,
            o.Number,
            o.Status,
            o.EventTitle,
            o.StartsAt,
            o.BuyerName,
            o.BuyerEmail,
            o.BuyerCpf is null ? null : await protector.DecryptAsync(o.BuyerCpf, Order.CpfColumn.At(o.Id), ct),
            o.Attendees,
            o.Lines,
            o.Tickets,
            o.TotalMoney,
            o.Payment?.CardBrand,
            o.Payment?.CardLast4,
            o.PlacedAt,
            o.PaidAt,
            o.RefundRequestedAt,
            o.RefundReason,
            o.PartialRefunds
        );
}
