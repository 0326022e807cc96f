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

public sealed record PaymentRefunded(Guid RefundId, Guid PaymentId, Guid OrderId, Money Amount, DateTimeOffset At)
    : IEvent
{
    public static string Type => "payment.refunded";
}

/// <summary>The money may be clawed back (chargeback, Pix MED).</summary>
public sealed record PaymentDisputed(Guid PaymentId, Guid OrderId, Money Amount, DateTimeOffset At) : IEvent
{
    public static string Type => "payment.disputed";
}

public enum PaymentMethod
{
    Pix,
    Card,
}
