using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

/// <summary>Takes everything an order needs from the neighbours; its lines and prices come from them, never from the client.</summary>
internal sealed class Reservation(
    OrdersDb db,
    Stock stock,
    PersonalDataProtector protector,
    TimeProvider clock,
    IOptions<OrdersOptions> options,
    ILogger<Reservation> logger
)
{
    private const string DefaultLocale = "pt-BR";

    public async Task<Order> MakeAsync(PlaceOrder.Request request, Guid buyerId, string? cpf, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var deadline = now.AddSeconds(options.Value.PaymentWindowSeconds);
        var hold = await stock.AttachAsync(request.HoldId, buyerId, deadline, ct);
        if ((request.Attendees?.Count ?? 0) > hold.Lines.Sum(line => line.Quantity))
            throw ProblemException.Invalid("attendees", "At most one a ticket.");
        try
        {
            var products = await HoldProductsAsync(request, hold, deadline, ct);
            var encrypted = cpf is null ? null : await protector.EncryptAsync(cpf, ct);
            var order = Draft(request, hold, products, encrypted, now, deadline);
            order.Price(await DiscountAsync(order, request.Coupon, ct));
            order.DriveAfter = (order.Total == 0 ? now : deadline).AddSeconds(options.Value.GraceSeconds);
            if (order.Total > Contracts.CreatePayment.MaxAmount)
                throw ProblemException.Invalid(
                    "total",
                    $"At most {Contracts.CreatePayment.MaxAmount} minor units: an order is one payment."
                );
            if (order.Total > 0 && request.Payment is null)
                throw ProblemException.Invalid("payment", "An order with a total needs a payment.");
            return order;
        }
        catch (Exception)
        {
            await GiveBackAsync(request);
            throw;
        }
    }

    private async Task<IReadOnlyList<ProductLine>> HoldProductsAsync(
        PlaceOrder.Request request,
        HoldSnapshot hold,
        DateTimeOffset deadline,
        CancellationToken ct
    )
    {
        if (request.Products is not { Count: > 0 } products)
            return [];
        var held = await stock.HoldProductsAsync(
            hold.Id,
            hold.BuyerId,
            hold.SessionId,
            [.. products.Select(p => new ProductQuantity(p.ProductId, p.Quantity))],
            deadline,
            ct
        );
        return held.Lines;
    }

    private async Task<long> DiscountAsync(Order order, string? code, CancellationToken ct)
    {
        if (code is null)
            return 0;
        var discount = await stock.RedeemCouponAsync(
            order.Id,
            order.EventId,
            code,
            new(order.Sum(LineKind.Ticket), order.Currency),
            ct
        );
        return discount.Currency == order.Currency
            ? discount.Amount
            : throw ProblemException.Invalid("coupon", "The coupon is for another currency.");
    }

    private static Order Draft(
        PlaceOrder.Request request,
        HoldSnapshot hold,
        IReadOnlyList<ProductLine> products,
        byte[]? cpf,
        DateTimeOffset now,
        DateTimeOffset deadline
    )
    {
        var currency = hold.Lines[0].UnitPrice.Currency;
        if (
            hold.Lines.Any(line => line.UnitPrice.Currency != currency)
            || products.Any(line => line.UnitPrice.Currency != currency)
        )
            throw ProblemException.Invalid("products", "An order has one currency.");
        return new Order
        {
            Id = hold.Id,
            Number = OrderNumber.New(),
            BuyerId = hold.BuyerId,
            OrganizerId = hold.OrganizerId,
            EventId = hold.EventId,
            SessionId = hold.SessionId,
            Locale = request.Locale ?? DefaultLocale,
            BuyerName = request.Buyer.Name.Trim(),
            BuyerEmail = request.Buyer.Email.Trim(),
            BuyerCpf = cpf,
            Attendees = [.. (request.Attendees ?? []).Select(a => new Attendee(a.Name.Trim(), a.Email))],
            EventTitle = hold.EventTitle,
            VenueName = hold.VenueName,
            VenueCity = hold.VenueCity,
            TimeZone = hold.TimeZone,
            StartsAt = hold.StartsAt,
            Lines = Lines(hold, products),
            Currency = currency,
            Coupon = request.Coupon,
            PlacedAt = now,
            TraceParent = Traces.Current,
            ExpiresAt = deadline,
        };
    }

    private static List<OrderLine> Lines(HoldSnapshot hold, IReadOnlyList<ProductLine> products) =>
        [
            .. hold.Lines.Select(
                (line, i) =>
                    new OrderLine
                    {
                        Position = i,
                        Kind = LineKind.Ticket,
                        ItemId = line.TicketTypeId,
                        Name = line.Name,
                        TicketKind = line.Kind,
                        UnitPrice = line.UnitPrice.Amount,
                        Quantity = line.Quantity,
                        Seats = line.Seats,
                    }
            ),
            .. products.Select(
                (line, i) =>
                    new OrderLine
                    {
                        Position = hold.Lines.Count + i,
                        Kind = LineKind.Product,
                        ItemId = line.ProductId,
                        Name = line.Name,
                        UnitPrice = line.UnitPrice.Amount,
                        Quantity = line.Quantity,
                    }
            ),
        ];

    /// <summary>
    /// There is no order of this request: the buyer may order again, with other products or another coupon. Leases end by
    /// themselves if this fails.
    /// </summary>
    public async Task GiveBackAsync(PlaceOrder.Request request)
    {
        if (!request.TakesMore)
            return;
        var ct = CancellationToken.None;
        try
        {
            // Twin requests, or an answer of the database that was lost: what an order has stays.
            var order = await db
                .Orders.AsNoTracking()
                .Include(o => o.Lines)
                .SingleOrDefaultAsync(o => o.Id == request.HoldId, ct);
            if (request.Products is { Count: > 0 } && order?.HasProducts != true)
                await stock.ReleaseProductsAsync(request.HoldId, ct);
            if (request.Coupon is not null && order?.Coupon is null)
                await stock.ReleaseCouponAsync(request.HoldId, ct);
        }
        catch (Exception e)
        {
            logger.LogWarning("Not given back for {HoldId}: {Reason}", request.HoldId, e.Message);
        }
    }
}
