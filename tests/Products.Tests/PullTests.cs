using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Products.Catalog;
using Ticketing.TestKit;

namespace Ticketing.Products.Tests;

/// <summary>What no message told is read again from Events.</summary>
public sealed class PullTests
{
    [Fact]
    public async Task A_lost_message_leaves_no_lasting_difference()
    {
        await using var app = await ProductsApp.StartAsync();
        var show = new Show(app);
        app.Changes.Members.Enqueue(new(show.OrganizerId, show.Manager, TeamRole.Manager, 1));
        app.Changes.Events.Enqueue(new(show.Snapshot(1, (show.SessionId, false)), null));
        var product = await Added(app, show);

        app.Changes.Events.Enqueue(new(show.Snapshot(2, (show.SessionId, true)), null));
        await Until(app, product, ProductStatus.Closed);
        app.Changes.Events.Enqueue(new(show.Snapshot(3, (show.SessionId, false)), null));
        await Until(app, product, ProductStatus.OnSale);
        app.Changes.Events.Enqueue(new(null, new(show.EventId, 4, "rain", DateTimeOffset.UnixEpoch)));
        await Until(app, product, ProductStatus.Closed);
        app.Changes.Members.Enqueue(new(show.OrganizerId, show.Manager, null, 2));
        await Eventually.TrueAsync(async () =>
        {
            using var edit = await show.Edit(product, new() { ["stock"] = 1 });
            return edit.StatusCode == HttpStatusCode.NotFound;
        });
    }

    [Fact]
    public async Task A_database_that_was_away_agrees_again_without_a_hand()
    {
        await using var app = await ProductsApp.StartAsync();
        var show = new Show(app);
        app.Changes.Members.Enqueue(new(show.OrganizerId, show.Manager, TeamRole.Manager, 1));
        app.Changes.Events.Enqueue(new(show.Snapshot(1, (show.SessionId, false)), null));
        var product = await Added(app, show);
        await using var server = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(app.System.Database(AppIds.Products)) { Database = "postgres" }
        );
        var database = new NpgsqlConnectionStringBuilder(app.System.Database(AppIds.Products)).Database;

        await Run($"ALTER DATABASE \"{database}\" ALLOW_CONNECTIONS false");
        await Run($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
        // The message comes, cannot be applied, and is lost.
        var cancelled = new EventCancelled(show.EventId, 2, "rain", DateTimeOffset.UnixEpoch);
        Assert.NotEqual(HttpStatusCode.OK, await app.System.DeliverAsync(AppIds.Products, cancelled));
        app.Changes.Events.Enqueue(new(null, cancelled));
        await Eventually.TrueAsync(async () => !await IsReady(app));
        await Run($"ALTER DATABASE \"{database}\" ALLOW_CONNECTIONS true");

        // Ready only after it has caught up.
        await Eventually.TrueAsync(() => IsReady(app));
        await Until(app, product, ProductStatus.Closed);

        async Task Run(string sql) => await server.CreateCommand(sql).ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task A_service_is_ready_after_it_has_pulled()
    {
        await using var app = await ProductsApp.StartAsync();
        var answers = app.Events.Handle;
        var gate = new TaskCompletionSource();
        await app.System.StopAsync(AppIds.Products);
        app.Events.Handle = async request =>
        {
            await gate.Task;
            return await answers(request);
        };
        await app.System.StartAsync(AppIds.Products);
        Assert.False(await IsReady(app));

        gate.SetResult();

        await Eventually.TrueAsync(() => IsReady(app));
    }

    [Fact]
    public async Task One_change_that_cannot_be_applied_stops_no_other()
    {
        await using var app = await ProductsApp.StartAsync();
        var show = new Show(app);
        var bad = show.Snapshot(1, (show.SessionId, false), (show.SessionId, false));
        app.Changes.Events.Enqueue(new(bad, null));
        app.Changes.Members.Enqueue(new(show.OrganizerId, show.Manager, TeamRole.Manager, 1));
        app.Changes.Events.Enqueue(new(show.Snapshot(2, (show.SessionId, false)), null));
        await Added(app, show);
    }

    private static async Task<bool> IsReady(ProductsApp app)
    {
        using var http = app.As(null);
        using var ready = await http.GetAsync("/healthz/ready");
        return ready.IsSuccessStatusCode;
    }

    private static async Task<Guid> Added(ProductsApp app, Show show)
    {
        using var http = app.As(show.Manager);
        Guid? product = null;
        await Eventually.TrueAsync(async () =>
        {
            using var added = await http.PostAsJsonAsync("/api/v1/products", show.Body());
            if (added.StatusCode == HttpStatusCode.Created)
                product = (await added.ReadAsync<ProductResponse>()).Id;
            return product is not null;
        });
        return product!.Value;
    }

    private static Task Until(ProductsApp app, Guid product, ProductStatus status) =>
        Eventually.TrueAsync(async () =>
        {
            using var http = app.As(null);
            using var response = await http.GetAsync($"/api/v1/products/{product}");
            return response.IsSuccessStatusCode && (await response.ReadAsync<ProductResponse>()).Status == status;
        });
}
