namespace Ticketing.Contracts;

public sealed record PaymentSettled(Guid PaymentId, Guid OrderId, Money Amount, PaymentMethod Method, DateTimeOffset At)
    : IEvent
{
    public static string Type => "payment.settled";
}

/// <param name="Reason">A stable code: declined, authentication-failed, expired …</param>
public sealed record PaymentFailed(Guid PaymentId, Guid OrderId, int Attempt, string Reason, DateTimeOffset At) : IEvent
{
    public static string Type => "payment.failed";
}

/// <param name="RefundId">The payment's id when all that was left of it went back; else the part's.</param>
public sealed record PaymentRefunded(Guid RefundId, Guid PaymentId, Guid OrderId, Money Amount, DateTimeOffset At)
    : IEvent
{
    public static string Type => "payment.refunded";
}

/// <summary>The payer's bank asks for the money back (chargeback, Pix MED); one of the two outcomes follows.</summary>
/// <param name="Amount">What it asks for: not more than was paid.</param>
/// <param name="DisputeId">A payment may be disputed more than once.</param>
public sealed record PaymentDisputed(Guid PaymentId, Guid OrderId, Money Amount, DateTimeOffset At, Guid DisputeId)
    : IEvent
{
    public static string Type => "payment.disputed";
}

/// <summary>The money stays: the bank or the payer gave the dispute up. May be told before its beginning.</summary>
public sealed record PaymentDisputeWon(Guid PaymentId, Guid OrderId, Money Amount, DateTimeOffset At, Guid DisputeId)
    : IEvent
{
    public static string Type => "payment.dispute-won";
}

/// <summary>The payer has the money. May be told before the dispute's beginning.</summary>
/// <param name="Amount">What is lost.</param>
public sealed record PaymentDisputeLost(Guid PaymentId, Guid OrderId, Money Amount, DateTimeOffset At, Guid DisputeId)
    : IEvent
{
    public static string Type => "payment.dispute-lost";
}

public enum PaymentMethod
{
    Pix,
    Card,
}
