using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Placing;

/// <summary>Takes everything an order needs from the neighbours; its lines and prices come from them, never from the client.</summary>
internal sealed class Reservation(
    OrdersDb db,
    OrderStock stock,
    PersonalDataProtector protector,
    IOptions<OrdersOptions> options,
    ILogger<Reservation> logger
)
{
    /// <summary>What stands before a CPF in its blind index: another one than an account's.</summary>
    private const string IndexedCpf = "ticket-cpf:";

    public async Task<Order> MakeAsync(PlaceOrder.Request request, Guid buyerId, string? cpf, CancellationToken ct)
    {
        var hold = await stock.AttachAsync(
            request.HoldId,
            buyerId,
            options.Value.PaymentWindowSeconds,
            cpf is null ? null : await protector.BlindIndexesAsync(IndexedCpf + cpf, ct),
            ct
        );
        if ((request.Attendees?.Count ?? 0) > hold.Lines.Sum(line => line.Quantity))
            throw ProblemException.Invalid("attendees", "At most one a ticket.");
        try
        {
            var products = await HoldProductsAsync(request, hold, ct);
            var encrypted = cpf is null ? null : await protector.EncryptAsync(cpf, Order.CpfColumn.At(hold.Id), ct);
            var order = Draft(request, hold, products, encrypted);
            order.Price(await DiscountAsync(order, request.Coupon, ct));
            if (order.Total > Contracts.CreatePayment.MaxAmount)
                throw ProblemException.Invalid(
                    "total",
                    $"At most {Contracts.CreatePayment.MaxAmount} minor units: an order is one payment."
                );
            if (order.Total == 0)
                return order;
            var payment =
                request.Payment ?? throw ProblemException.Invalid("payment", "An order with a total needs a payment.");
            order.Payment = new()
            {
                Number = 1,
                Method = payment.Method,
                CardToken = payment.CardToken,
            };
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
            options.Value.PaymentWindowSeconds,
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
            options.Value.PaymentWindowSeconds,
            ct
        );
        return discount.Currency == order.Currency
            ? discount.Amount
            : throw ProblemException.Invalid("coupon", "The coupon is for another currency.");
    }

    private Order Draft(PlaceOrder.Request request, HoldSnapshot hold, IReadOnlyList<ProductLine> products, byte[]? cpf)
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
            Locale = request.Locale ?? Locales.Default,
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
            Fingerprint = request.Fingerprint(),
            TraceParent = Traces.Current,
            WithdrawalDays = options.Value.WithdrawalDays,
            WithdrawalEndsHoursBefore = options.Value.WithdrawalEndsHoursBefore,
        };
    }

    private static List<OrderLine> Lines(HoldSnapshot hold, IReadOnlyList<ProductLine> products) =>
        [
            .. hold.Lines.Select(line => new OrderLine(
                LineKind.Ticket,
                line.TicketTypeId,
                line.Name,
                line.Kind,
                line.UnitPrice.Amount,
                line.Quantity,
                line.Seats,
                line.Fee,
                line.PlatformFee
            )),
            .. products.Select(line => new OrderLine(
                LineKind.Product,
                line.ProductId,
                line.Name,
                null,
                line.UnitPrice.Amount,
                line.Quantity,
                []
            )),
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
            var order = await db.FindAsync(request.HoldId, ct);
            if (request.Products is { Count: > 0 } && order?.HasProducts != true)
                await stock.ReleaseProductsAsync(request.HoldId, ct);
            if (request.Coupon is not null && order?.Coupon is null)
                await stock.ReleaseCouponAsync(request.HoldId, ct);
        }
        catch (Exception e)
        {
            logger.LogWarning("Not given back for {HoldId}: {Reason}", request.HoldId, e.Reason());
        }
    }
}
