using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Paying;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Placing;

/// <summary>Makes the order of a hold.</summary>
public static class PlaceOrder
{
    public const int MaxAttendees = 100;
    public const int MaxProducts = 20;
    public const int MaxProductQuantity = 100;
    public const int MaxCouponLength = 40;
    public const int MaxCardTokenLength = 200;
    private const int NumberTries = 3;

    /// <param name="HoldId">Of the same buyer, and still held. The order takes its id.</param>
    /// <param name="Attendees">In the order of the hold's lines; at most one a ticket; missing ones take the buyer's name.</param>
    /// <param name="Products">Add-ons of the same session; each product once.</param>
    /// <param name="Locale">Of the mails and the tickets' documents: pt-BR (when not given) or en.</param>
    /// <param name="Payment">Not needed when the total is 0.</param>
    public sealed record Request(
        Guid HoldId,
        BuyerRequest Buyer,
        [property: MaxLength(MaxAttendees)] IReadOnlyList<AttendeeRequest>? Attendees = null,
        [property: MaxLength(MaxProducts)] IReadOnlyList<ProductRequest>? Products = null,
        [property: StringLength(MaxCouponLength, MinimumLength = 1)] string? Coupon = null,
        [property: AllowedValues(Locales.Portuguese, Locales.English, null)] string? Locale = null,
        PaymentRequest? Payment = null
    )
    {
        /// <summary>More than the hold: what has to be given back when there is no order.</summary>
        internal bool TakesMore => Products is { Count: > 0 } || Coupon is not null;

        /// <summary>Of what it means, not of how its JSON is written.</summary>
        internal byte[] Fingerprint() =>
            SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, ServiceDefaultsExtensions.Json));
    }

    /// <param name="Cpf">Brazilian taxpayer number, with or without punctuation; needed where the session asks for it.</param>
    public sealed record BuyerRequest(
        [property:
            StringLength(PersonName.MaxLength, MinimumLength = 1),
            RegularExpression(PersonName.Pattern, ErrorMessage = PersonName.Rule)
        ]
            string Name,
        [property: EmailAddress, StringLength(Order.MaxEmailLength)] string Email,
        [property: StringLength(14, MinimumLength = 11)] string? Cpf = null
    );

    public sealed record AttendeeRequest(
        [property:
            StringLength(PersonName.MaxLength, MinimumLength = 1),
            RegularExpression(PersonName.Pattern, ErrorMessage = PersonName.Rule)
        ]
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
    /// has failed: try again with `POST /api/v1/orders/{id}/payments`. An order without a total is paid at once. The hold is
    /// the request's key: the same request again gets the order as it stands (`Idempotent-Replayed`), without any header.
    /// </remarks>
    /// <response code="404">hold-not-found: no such hold of yours.</response>
    /// <response code="409">person-limit-reached: of the session, where it sells by CPF. order-exists: the hold's order was placed by another request, see Location. hold-expired: hold again.
    /// sold-out, limit-reached, sale-not-open: of a product. session-cancelled. coupon-exhausted. contended: another request for the hold is
    /// not answered yet.</response>
    /// <response code="422">invalid, product-not-found, coupon-invalid.</response>
    /// <response code="503">A neighbour is away; the same request may be repeated.</response>
    internal static async Task<Results<Created<OrderView>, Accepted<OrderView>, ProblemHttpResult>> Handle(
        Request request,
        ClaimsPrincipal user,
        HttpContext http,
        OrdersDb db,
        NpgsqlDataSource source,
        Reservation reservation,
        PaymentOpening opening,
        Sagas sagas,
        OrderMetrics metrics,
        IOptions<OrdersOptions> options,
        CancellationToken ct
    )
    {
        var buyerId = user.UserId();
        var cpf = Check(request);
        Traces.Tag(Traces.OrderId, request.HoldId.ToString());
        var order = await PlaceAsync(request, buyerId, cpf, db, source, reservation, options.Value, ct);
        if (order is null)
            return await RepeatAsync(request, buyerId, http, db, ct);
        // The order stands; what fails from here on is made up for by the sweep.
        metrics.Reached(order.Status);
        if (order.Status is OrderStatus.Paid)
            await sagas.TryStartAsync(order.Id, Need.Deliver);
        else
            await opening.TryOpenAsync(order);
        return OrderView.Placed(order);
    }

    /// <returns>Null when the hold has its order already.</returns>
    private static async Task<Order?> PlaceAsync(
        Request request,
        Guid buyerId,
        string? cpf,
        OrdersDb db,
        NpgsqlDataSource source,
        Reservation reservation,
        OrdersOptions options,
        CancellationToken ct
    )
    {
        await using var turn = request.TakesMore ? await HoldTurn.TakeAsync(db, request.HoldId, buyerId, ct) : null;
        if (request.TakesMore && await ExistsAsync(db, request.HoldId, buyerId, ct))
            return null;
        Order order;
        try
        {
            order = await reservation.MakeAsync(request, buyerId, cpf, ct);
        }
        catch (ProblemException)
        {
            // A hold that is over is one that an order had, too.
            if (await ExistsAsync(db, request.HoldId, buyerId, CancellationToken.None))
                return null;
            throw;
        }
        var saved = false;
        try
        {
            saved = await InsertAsync(source, order, options, ct);
            if (!saved && !await ExistsAsync(db, order.Id, buyerId, ct))
                throw ProblemException.Conflict("session-cancelled", "The show is cancelled.");
            return saved ? order : null;
        }
        finally
        {
            if (!saved)
                await reservation.GiveBackAsync(request);
        }
    }

    /// <summary>The same request again gets its order as it stands now.</summary>
    private static async Task<Results<Created<OrderView>, Accepted<OrderView>, ProblemHttpResult>> RepeatAsync(
        Request request,
        Guid buyerId,
        HttpContext http,
        OrdersDb db,
        CancellationToken ct
    )
    {
        var order = await db.ReadAsync(request.HoldId, ct);
        if (order.BuyerId == buyerId && order.Fingerprint.AsSpan().SequenceEqual(request.Fingerprint()))
        {
            http.Response.Headers["Idempotent-Replayed"] = "true";
            return OrderView.Placed(order);
        }
        http.Response.Headers.Location = OrderRoutes.LocationOf(request.HoldId);
        return TypedResults.Problem(
            statusCode: StatusCodes.Status409Conflict,
            type: Problems.TypePrefix + "order-exists",
            detail: "This hold's order was placed before, by another request; it is at the Location.",
            extensions: new Dictionary<string, object?> { ["orderId"] = request.HoldId }
        );
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
        return Digits(text) ?? throw ProblemException.Invalid("buyer.cpf", "The check digits do not fit.");
    }

    /// <summary>The eleven digits of a CPF, or null when it is none; takes "529.982.247-25" and "52998224725".</summary>
    internal static string? Digits(string cpf)
    {
        var digits = cpf.Replace(".", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).Trim();
        return CpfDigits.AreValid(digits) ? digits : null;
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

    /// <summary>The database's clock sets the deadline. What is known of the show here may be newer than its hold.</summary>
    private const string Insert = """
        INSERT INTO orders (id, fingerprint, number, buyer_id, organizer_id, event_id, session_id, status, locale,
            buyer_name, buyer_email, buyer_cpf, attendees, event_title, venue_name, venue_city, time_zone, starts_at,
            lines, ticket_count, currency, discount, total, coupon, trace_parent,
            payment_attempt, payment_method, payment_status, card_token,
            placed_at, expires_at, paid_at, tickets, refund_even_if_used, refund_even_if_transferred,
            drive_after, withdrawal_days, withdrawal_ends_hours_before, buyer_key, venue_id)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, coalesce(e.event_title, $14),
            coalesce(e.venue_name, $15), coalesce(e.venue_city, $16), coalesce(e.time_zone, $17),
            coalesce(s.starts_at, $18), $19::jsonb, $20, $21, $22, $23, $24, $25,
            $26, $27, CASE WHEN $26 IS NOT NULL THEN 'Pending' END, $28,
            now(), now() + make_interval(secs => $29), CASE $8 WHEN 'Paid' THEN now() END, '[]', false, false,
            now() + make_interval(secs => $30), $31, $32, $33, e.venue_id
        FROM (SELECT) one
        LEFT JOIN show_changes e ON e.subject_id = $6
        LEFT JOIN show_changes s ON s.subject_id = $7
        WHERE NOT EXISTS (SELECT FROM cancellations WHERE subject_id IN ($6, $7))
        ON CONFLICT (id) DO NOTHING
        RETURNING placed_at, expires_at, event_title, venue_name, venue_city, time_zone, starts_at
        """;

    /// <returns>False when the hold has its order already, or the show is cancelled.</returns>
    private static async Task<bool> InsertAsync(
        NpgsqlDataSource source,
        Order order,
        OrdersOptions options,
        CancellationToken ct
    )
    {
        for (var tries = 1; ; tries++)
            try
            {
                return await source.FirstAsync(
                    Insert,
                    row =>
                    {
                        order.PlacedAt = row.GetFieldValue<DateTimeOffset>(0);
                        order.ExpiresAt = row.GetFieldValue<DateTimeOffset>(1);
                        order.EventTitle = row.GetString(2);
                        order.VenueName = row.GetString(3);
                        order.VenueCity = row.GetString(4);
                        order.TimeZone = row.GetString(5);
                        order.StartsAt = row.GetFieldValue<DateTimeOffset>(6);
                        return true;
                    },
                    ct,
                    order.Id,
                    order.Fingerprint,
                    order.Number,
                    order.BuyerId,
                    order.OrganizerId,
                    order.EventId,
                    order.SessionId,
                    order.Status.ToString(),
                    order.Locale,
                    order.BuyerName,
                    order.BuyerEmail,
                    order.BuyerCpf,
                    JsonColumns.Write(order.Attendees),
                    order.EventTitle,
                    order.VenueName,
                    order.VenueCity,
                    order.TimeZone,
                    order.StartsAt,
                    JsonColumns.Write(order.Lines),
                    order.TicketCount,
                    order.Currency,
                    order.Discount,
                    order.Total,
                    order.Coupon,
                    order.TraceParent,
                    order.Payment?.Number,
                    order.Payment?.Method.ToString(),
                    order.Payment?.CardToken,
                    (double)options.PaymentWindowSeconds,
                    (double)options.GraceSeconds,
                    order.WithdrawalDays,
                    order.WithdrawalEndsHoursBefore,
                    OrderSearch.KeyOf(order.BuyerName)
                );
            }
            catch (PostgresException e) when (e.IsUniqueViolation("ix_orders_number") && tries < NumberTries)
            {
                order.Number = OrderNumber.New();
            }
    }
}
