using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Products.Tests;

public sealed class MetricsTests
{
    [Fact]
    public async Task A_stock_that_lies_is_told()
    {
        const string gauge = "ticketing_pools_unbalanced";
        await using var app = await ProductsApp.StartAsync("Metrics:AuditSeconds=0.1");
        var show = await app.PublishShow();
        var product = await show.Add();
        await show.Hold(Guid.CreateVersion7(), show.Wants((product.Id, 2)));
        await UntilAsync(0);
        await MoveAsync("held = held + 1, available = available - 1");
        await UntilAsync(1);
        await MoveAsync("held = held - 1, available = available + 1");
        await UntilAsync(0);

        Task UntilAsync(double products) =>
            Eventually.GetAsync(
                () => app.System.ScrapeAsync(AppIds.Products),
                s => s.Of(gauge).Any() && s.Sum(gauge) == products
            );

        async Task MoveAsync(string move)
        {
            await using var source = app.Database();
            await source.CreateCommand($"UPDATE products SET {move}").ExecuteNonQueryAsync();
        }
    }
}
