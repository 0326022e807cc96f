namespace Ticketing.Contracts;

public sealed record ProductStockChanged(Guid ProductId, int Available, DateTimeOffset At) : IEvent
{
    public static string Type => "product.stock-changed";
}
