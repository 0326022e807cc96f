namespace Ticketing.Gateway.Docs;

/// <summary>A problem that the API answers with.</summary>
/// <param name="Code">The fragment of its <c>type</c>.</param>
/// <param name="Status">HTTP statuses that it comes with.</param>
internal sealed record KnownProblem(string Code, string Status, string Meaning, string Remedy);

/// <summary>Every problem that a service may answer with: its <c>type</c> leads here. (A test reads the services' code.)</summary>
internal static class KnownProblems
{
    public static readonly IReadOnlyList<KnownProblem> All =
    [
        new(
            "invalid",
            "400, 422",
            "The request is not what the endpoint takes; errors names each field and why.",
            "Correct the field. The same request is refused again."
        ),
        new(
            "unauthenticated",
            "401",
            "No access token, or one that is expired or not of this issuer.",
            "Get a token (see Authentication) and send it as a bearer token."
        ),
        new("forbidden", "403", "You are known, and may not do this.", "Ask somebody with the role."),
        new("wrong-password", "403", "The password that confirms this is wrong.", "Ask for it again."),
        new(
            "address-not-proven",
            "403",
            "The offer is for another address than the one your account has proven.",
            "Sign in with that address, or prove it."
        ),
        new(
            "email-missing",
            "403",
            "The identity provider tells no e-mail address.",
            "Sign in with the scopes openid and email."
        ),
        new("refused", "403", "The firewall takes the request for an attack.", "If it is none, tell us the traceId."),
        new("not-found", "404", "There is no such thing, or none that you may see.", "Check the id, and whose it is."),
        new("hold-not-found", "404", "You have no such hold.", "Hold the tickets again."),
        new(
            "product-not-found",
            "422",
            "A product is not sold with this session.",
            "Read the session's products again."
        ),
        new("method-not-allowed", "405", "The path is there, the method is not.", "See the reference."),
        new(
            "precondition-failed",
            "412",
            "The resource changed since you read it.",
            "Read it again, and send its ETag in If-Match."
        ),
        new("too-large", "413, 414, 431", "The body, the address or the headers are too long.", "Send less."),
        new("unsupported-media-type", "415", "The body is not JSON in UTF-8.", "Send application/json."),
        new("rate-limited", "429", "Too many requests within a minute.", "Wait as Retry-After says."),
        new("too-many-attempts", "429", "Too many wrong passwords or codes.", "Wait as Retry-After says."),
        new(
            "too-many-lapsed-holds",
            "429",
            "You let too many holds of the session lapse.",
            "Wait as Retry-After says."
        ),
        new(
            "too-many-transfers",
            "429",
            "The ticket was offered too often today, or you offered too many.",
            "Wait as Retry-After says."
        ),
        new(
            "too-many-numbers",
            "429",
            "You typed too many ticket numbers within a minute.",
            "Scan the codes, or wait as Retry-After says."
        ),
        new(
            "too-many-found",
            "422",
            "The search, or the list that is to be sorted, is of more than 1,000 things.",
            "Search for more; or leave the order as it is."
        ),
        new("error", "500", "A fault of ours.", "Try again later; tell us the traceId."),
        new(
            "unavailable",
            "503",
            "Something behind the API does not answer.",
            "Send the same request again, with the same Idempotency-Key."
        ),
        new("busy", "503", "Too many buyers at once.", "Try again after Retry-After."),
        new("payment-provider-unavailable", "503", "The payment provider does not answer.", "Try again in a moment."),
        new(
            "request-in-flight",
            "409",
            "A request with this Idempotency-Key is not answered yet.",
            "Wait as Retry-After says, then send it again."
        ),
        new("contended", "409", "Another request changes the same thing right now.", "Send it again in a moment."),
        new(
            "limit-reached",
            "409",
            "There are as many as there may be; limit says how many, reason held that they are on hold already.",
            "Remove one first, or ask for fewer."
        ),
        new("sold-out", "409", "There are not enough left.", "Ask for fewer, or look at other ticket types."),
        new("seats-taken", "409", "Some of the seats are taken; seatIds says which.", "Choose others."),
        new(
            "person-limit-reached",
            "409",
            "One person may have limit tickets of the session; left says how many you may still have.",
            "Ask for fewer."
        ),
        new(
            "sale-not-open",
            "409",
            "Not on sale now; reason says why (not-yet-open, closed, cancelled), opensAt when it opens.",
            "Wait until opensAt."
        ),
        new("hold-expired", "409", "The hold's time is over.", "Hold the tickets again."),
        new("hold-ordered", "409", "The hold belongs to an order.", "Cancel the order instead."),
        new("hold-committed", "409", "What was held is sold.", "Read the order."),
        new("hold-released", "409", "The hold was given back for good.", "Hold the tickets again."),
        new("hold-voided", "409", "What was held was taken back for good.", "Hold again."),
        new(
            "order-exists",
            "409",
            "The hold's order was placed by another request; Location says where it is.",
            "Read that order."
        ),
        new("order-not-payable", "409", "The order is not waiting for a payment.", "Read the order."),
        new("order-over", "409", "The order has come to its end.", "Place another one."),
        new("order-paid", "409", "The order is paid.", "Ask for a refund instead."),
        new(
            "already-refunded",
            "409",
            "A ticket or an add-on of these was refunded before, or all of the order is.",
            "Read the order's partialRefunds."
        ),
        new("order-not-fulfilled", "409", "The tickets of the order are still being issued.", "Try again in a moment."),
        new("order-not-paid", "409", "Only a paid order can be refunded.", "Cancel it instead."),
        new("payment-open", "409", "A payment of the order is still open.", "Wait for its end."),
        new("payment-settled", "409", "The order is paid already.", "Read the order."),
        new(
            "nothing-to-pay-out",
            "409",
            "Nothing that is due to organizers can be paid; leftOut says how many have no account that may be used yet.",
            "Wait for events to be over, or for accounts."
        ),
        new(
            "payout-failed",
            "409",
            "The payout failed: it is part of the organizer's balance again.",
            "Make a new batch."
        ),
        new(
            "payment-mismatch",
            "409",
            "The same attempt was made with another amount or method.",
            "Read the order, then try anew."
        ),
        new(
            "payment-disputed",
            "409",
            "The payment is disputed; the bank decides about the money.",
            "Wait for the bank."
        ),
        new("dispute-closed", "409", "The bank has decided this dispute.", "Nothing can be done any more."),
        new("evidence-sent", "409", "The bank takes one answer to a dispute, and has another one.", "Nothing to do."),
        new("evidence-not-taken", "409", "A dispute of a Pix is answered at the bank itself.", "Answer there."),
        new("not-disputed", "409", "No dispute of this charge is open (sandbox).", "Dispute it first."),
        new(
            "refund-exceeds-order",
            "409",
            "More than is left of what was paid; <code>left</code> says how much.",
            "Refund at most that."
        ),
        new("refund-window-closed", "409", "The buyer's time to withdraw is over.", "Ask the organizer."),
        new("ticket-transferred", "409", "A ticket of the order is another person's now.", "Ask the organizer."),
        new("coupon-invalid", "422", "There is no such coupon for this event now.", "Order without it."),
        new("coupon-exhausted", "409", "The coupon was used as often as it may be.", "Order without it."),
        new("coupon-exists", "409", "The event has a coupon of this code.", "Choose another code."),
        new("redemption-not-found", "404", "The order has no coupon (between services).", "Nothing to do."),
        new("redemption-committed", "409", "The coupon's use is paid for (between services).", "Nothing to do."),
        new("redemption-voided", "409", "The coupon's use was given back (between services).", "Nothing to do."),
        new(
            "already-used",
            "409",
            "The ticket was used before; usedAt and gate say when and where.",
            "Send the person to the box office."
        ),
        new("wrong-session", "409", "The ticket is for another session.", "Look at the ticket's date."),
        new(
            "ticket-blocked",
            "409",
            "The ticket's payment is disputed; reason says so.",
            "Send the person to the box office."
        ),
        new("ticket-used", "409", "The ticket was used.", "Nothing can be done with it any more."),
        new("ticket-voided", "409", "The ticket is void.", "Nothing can be done with it any more."),
        new("ticket-yours", "409", "The ticket is yours already.", "Nothing to do."),
        new(
            "voided",
            "410",
            "The ticket was refunded, passed on or reissued: this code, number or link is dead.",
            "The newest code is with its holder."
        ),
        new("doors-open", "409", "The doors are open: tickets are not transferred any more.", "Come together."),
        new(
            "transfer-open",
            "409",
            "The ticket is offered already; transferId says which offer.",
            "Withdraw that offer first."
        ),
        new("transfer-ended", "409", "The offer is over; ended says how.", "Ask for a new offer."),
        new("already-member", "409", "You are in this team already.", "Nothing to do."),
        new("invitation-ended", "409", "The invitation was answered, withdrawn or is over.", "Ask for a new one."),
        new("too-many-invitations", "429", "The address was invited too often today.", "Wait as Retry-After says."),
        new(
            "too-many-mails",
            "429",
            "The order's mail was asked for a moment ago, or five times within a day.",
            "Wait as Retry-After says."
        ),
        new("profile-missing", "409", "You have no profile yet.", "Read GET /api/v1/me first."),
        new("session-cancelled", "409", "The session is cancelled.", "The money goes back by itself."),
        new("event-cancelled", "409", "The event is cancelled, for good.", "Create another one."),
        new("event-published", "409", "The event is published.", "Cancel it instead."),
        new("event-not-published", "409", "The event is a draft.", "Publish it first."),
        new(
            "event-incomplete",
            "422",
            "Something is missing before the event can be published; errors says what.",
            "Add it, then publish."
        ),
        new(
            "organizer-not-approved",
            "409",
            "The platform has not approved the organizer yet: it publishes nothing and invites nobody.",
            "Prepare the event meanwhile; an administrator approves the organizer."
        ),
        new("last-session", "409", "An event keeps one session.", "Cancel the event instead."),
        new("last-owner", "409", "An organizer keeps one owner.", "Make somebody else owner first."),
        new("pool-in-use", "409", "The pool has ticket types.", "Remove them first."),
        new("pool-on-sale", "409", "The pool is on sale.", "Lower its capacity instead."),
        new("pool-seated", "409", "The pool's capacity is its seats.", "Change the seat map instead."),
        new("seat-map-in-use", "409", "A session sells the seats of this map.", "Make another map."),
        new("section-in-use", "409", "Another pool of the session sells this section.", "Choose another section."),
        new("stock-in-use", "409", "More is held and sold than that.", "Choose a larger figure."),
        new("too-many-products", "409", "A session has as many products as it may have.", "Hide one first."),
        new("cpf-taken", "409", "The CPF belongs to another account.", "Use that account."),
        new("email-taken", "409", "The address belongs to another account.", "Use that account."),
        new("email-verified", "409", "The address is proven already.", "Nothing to do."),
        new("invalid-signature", "400", "A webhook's signature is missing, wrong or too old.", "See Webhooks."),
        new("charge-cancelled", "409", "Sandbox: the charge was cancelled.", "Make another one."),
        new("charge-not-open", "409", "Sandbox: the charge is not open.", "Make another one."),
        new("charge-refunded", "409", "Sandbox: the charge was refunded.", "Nothing to do."),
        new("not-settled", "409", "Sandbox: the charge is not settled.", "Pay it first."),
    ];
}
