using System.Net;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

/// <summary>A saga that is late is left alone for long here: what comes soon comes for the buyer who waits.</summary>
public sealed class PaymentOpeningTests : IAsyncLifetime
{
    private OrdersApp app = null!;

    public async ValueTask InitializeAsync() => app = await OrdersApp.StartAsync("Orders:GraceSeconds=3600");

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task A_provider_that_is_back_is_asked_again_soon()
    {
        var left = 3;
        var buy = app.NewPurchase()
            .When(
                "POST /internal/payments",
                () =>
                    Interlocked.Decrement(ref left) >= 0 ? PeerStub.Problem(503, "payment-provider-unavailable") : null
            );
        using (var response = await buy.PostAsync())
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);

        var order = await Eventually.GetAsync(buy.GetAsync, o => o.Payment?.Pix is not null);
        Assert.Equal(OrderStatus.AwaitingPayment, order.Status);
    }
}
