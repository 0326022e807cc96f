using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

/// <summary>Makes the order of a hold.</summary>
public static class PlaceOrder
{
    public const int MaxAttendees = 100;
    public const int MaxProducts = 20;
    public const int MaxProductQuantity = 100;
    public const int MaxCouponLength = 40;
    public const int MaxCardTokenLength = 200;
    private const int NumberTries = 3;

    /// <summary>Two characters or more, not only blanks; nothing that cannot be printed.</summary>
    private const string NamePattern = @"^ *[^\p{Cc}\s][^\p{Cc}]*[^\p{Cc}\s] *$";
    private const string NameRule = "Two characters or more, no control characters.";

    /// <param name="HoldId">Of the same buyer, and still held. The order takes its id.</param>
    /// <param name="Attendees">In the order of the hold's lines; at most one a ticket; missing ones take the buyer's name.</param>
    /// <param name="Products">Add-ons of the same session; each product once.</param>
    /// <param name="Locale">Of the mails: pt-BR (when not given) or en.</param>
    /// <param name="Payment">Not needed when the total is 0.</param>
    public sealed record Request(
        Guid HoldId,
        BuyerRequest Buyer,
        [property: MaxLength(MaxAttendees)] IReadOnlyList<AttendeeRequest>? Attendees = null,
        [property: MaxLength(MaxProducts)] IReadOnlyList<ProductRequest>? Products = null,
        [property: StringLength(MaxCouponLength, MinimumLength = 1)] string? Coupon = null,
        [property: AllowedValues("pt-BR", "en", null)] string? Locale = null,
        PaymentRequest? Payment = null
    )
    {
        /// <summary>More than the hold: what has to be given back when there is no order.</summary>
        internal bool TakesMore => Products is { Count: > 0 } || Coupon is not null;
    }

    /// <param name="Cpf">Brazilian taxpayer number, with or without punctuation.</param>
    public sealed record BuyerRequest(
        [property: StringLength(Order.MaxNameLength), RegularExpression(NamePattern, ErrorMessage = NameRule)]
            string Name,
        [property: EmailAddress, StringLength(Order.MaxEmailLength)] string Email,
        [property: StringLength(14, MinimumLength = 11)] string? Cpf = null
    );

    public sealed record AttendeeRequest(
        [property: StringLength(Order.MaxNameLength), RegularExpression(NamePattern, ErrorMessage = NameRule)]
            string Name,
        [property: EmailAddress, StringLength(Order.MaxEmailLength)] string? Email = null
    );

    public sealed record ProductRequest(Guid ProductId, [property: Range(1, MaxProductQuantity)] int Quantity);

    /// <param name="CardToken">From the provider's own form; card numbers never pass through us.</param>
    public sealed record PaymentRequest(
        PaymentMethod Method,
        [property: StringLength(MaxCardTokenLength, MinimumLength = 1)] string? CardToken = null
    );

    /// <summary>Places the order of a hold.</summary>
    /// <remarks>
    /// Lines and prices are the hold's and the products'; amounts are in minor units. 201 tells how to pay until
    /// `expiresAt`; 202 when the payment is still being made: read the order again. A declined card is a 201 whose payment
    /// has failed: try again with `POST /api/v1/orders/{id}/payments`. An order without a total is paid at once.
    /// </remarks>
    /// <response code="404">hold-not-found: no such hold of yours.</response>
    /// <response code="409">order-exists: the hold's order was placed before, see Location. hold-expired: hold again.
    /// sold-out, limit-reached, sale-not-open: of a product. coupon-exhausted. contended: another request for the hold is
    /// not answered yet.</response>
    /// <response code="422">invalid, product-not-found, coupon-invalid.</response>
    /// <response code="503">A neighbour is away; the same request may be repeated.</response>
    internal static async Task<Results<Created<OrderView>, Accepted<OrderView>, ProblemHttpResult>> Handle(
        Request request,
        ClaimsPrincipal user,
        HttpContext http,
        OrdersDb db,
        Reservation reservation,
        PaymentCreation creation,
        Sagas sagas,
        OrderMetrics metrics,
        CancellationToken ct
    )
    {
        var buyerId = user.UserId();
        var cpf = Check(request);
        Traces.Tag(Traces.OrderId, request.HoldId.ToString());
        if (await ReserveAsync(request, buyerId, cpf, db, reservation, ct) is not { } order)
            return Exists(http, request.HoldId);
        metrics.Reached(order.Status);
        // The order stands. It also says so by order.placed, so nothing is lost when one of these fails.
        await Task.WhenAll(sagas.TryStartAsync(OrderRef.Of(order)), creation.TryAsync(order.Id));
        return await OrderView.CreatedAsync(db, order.Id);
    }

    /// <returns>Null when the hold has its order already.</returns>
    private static async Task<Order?> ReserveAsync(
        Request request,
        Guid buyerId,
        string? cpf,
        OrdersDb db,
        Reservation reservation,
        CancellationToken ct
    )
    {
        await using var turn = request.TakesMore ? await HoldTurn.TakeAsync(db, request.HoldId, buyerId, ct) : null;
        if (await ExistsAsync(db, request.HoldId, buyerId, ct))
            return null;
        var order = await reservation.MakeAsync(request, buyerId, cpf, ct);
        var saved = false;
        try
        {
            saved = await SaveAsync(db, order, request.Payment, ct);
            return saved ? order : null;
        }
        finally
        {
            if (!saved)
                await reservation.GiveBackAsync(request);
        }
    }

    /// <summary>What can be refused without asking anybody. Answers the CPF's digits.</summary>
    private static string? Check(Request request)
    {
        if (request.Payment is { } payment)
            CheckPayment(payment, "payment.");
        // The wire can hold a null where the type has none.
        if (request.Attendees?.Any(a => a is null) == true)
            throw ProblemException.Invalid("attendees", "Null is nobody.");
        if (request.Products?.Any(p => p is null) == true)
            throw ProblemException.Invalid("products", "Null is no product.");
        var products = request.Products ?? [];
        if (products.DistinctBy(p => p.ProductId).Count() != products.Count)
            throw ProblemException.Invalid("products", "Each product once, with its quantity.");
        // Else the order is paid and its mail with the tickets goes nowhere.
        if (!EmailAddress.TryNormalize(request.Buyer.Email, out _))
            throw ProblemException.Invalid("buyer.email", "This is not an e-mail address.");
        if (request.Buyer.Cpf is not { } text)
            return null;
        return Cpf.Normalize(text) ?? throw ProblemException.Invalid("buyer.cpf", "The check digits do not fit.");
    }

    internal static void CheckPayment(PaymentRequest payment, string prefix)
    {
        if (payment.Method is PaymentMethod.Card && payment.CardToken is null)
            throw ProblemException.Invalid($"{prefix}cardToken", "A card needs its token.");
        if (payment.Method is PaymentMethod.Pix && payment.CardToken is not null)
            throw ProblemException.Invalid($"{prefix}cardToken", "Pix takes no card.");
    }

    private static Task<bool> ExistsAsync(OrdersDb db, Guid orderId, Guid buyerId, CancellationToken ct) =>
        db.Orders.AnyAsync(o => o.Id == orderId && o.BuyerId == buyerId, ct);

    private static ProblemHttpResult Exists(HttpContext http, Guid orderId)
    {
        http.Response.Headers.Location = CheckoutRoutes.LocationOf(orderId);
        return TypedResults.Problem(
            statusCode: StatusCodes.Status409Conflict,
            type: Problems.TypePrefix + "order-exists",
            detail: "This hold's order was placed before; it is at the Location.",
            extensions: new Dictionary<string, object?> { ["orderId"] = orderId }
        );
    }

    /// <returns>False when the hold has its order already.</returns>
    private static async Task<bool> SaveAsync(OrdersDb db, Order order, PaymentRequest? payment, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
            try
            {
                return await db.InTransactionAsync(_ => AddAsync(db, order, payment), ct);
            }
            catch (DbUpdateException e) when (e.IsUniqueViolation("ix_orders_number") && tries < NumberTries)
            {
                order.Number = OrderNumber.New();
            }
            catch (DbUpdateException e) when (e.IsUniqueViolation("pk_orders"))
            {
                return false;
            }
    }

    private static Task<bool> AddAsync(OrdersDb db, Order order, PaymentRequest? payment)
    {
        db.Add(order);
        db.Publish(new OrderPlaced(order.Id, order.PlacedAt));
        if (order.Status is OrderStatus.Paid)
            db.Publish(new OrderPaid(order.Id, order.TotalMoney, order.PlacedAt));
        else
            db.Add(
                new PaymentAttempt
                {
                    OrderId = order.Id,
                    Number = 1,
                    Method = payment!.Method,
                    CardToken = payment.CardToken,
                }
            );
        return Task.FromResult(true);
    }
}
