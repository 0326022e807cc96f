using System.Net;
using System.Net.Http.Json;
using Ticketing.Contracts;
using Ticketing.Products.Catalog;
using Ticketing.TestKit;

namespace Ticketing.Products.Tests;

public sealed class ProjectionTests(ProductsApp app)
{
    [Fact]
    public async Task A_published_event_is_heard_through_the_broker()
    {
        var show = new Show(app);
        await app.System.PublishAsync(new TeamMemberChanged(show.OrganizerId, show.Manager, TeamRole.Owner, 1));
        await app.System.PublishAsync(new EventPublished(show.Snapshot(1, (show.SessionId, false))));
        using var http = app.As(show.Manager);
        await Eventually.TrueAsync(async () =>
        {
            using var created = await http.PostAsJsonAsync("/api/v1/products", show.Body());
            return created.StatusCode == HttpStatusCode.Created;
        });
    }

    [Fact]
    public async Task A_stale_or_repeated_message_changes_nothing()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        var cancelled = new EventChanged(show.Snapshot(3, (show.SessionId, true)));
        var id = Guid.CreateVersion7();
        await app.System.DeliverAsync(AppIds.Products, cancelled, id);
        Assert.Equal(ProductStatus.Closed, await StatusOf(product.Id));
        await app.System.DeliverAsync(AppIds.Products, new EventChanged(show.Snapshot(2, (show.SessionId, false))));
        await app.System.DeliverAsync(AppIds.Products, new EventChanged(show.Snapshot(3, (show.SessionId, false))));
        Assert.Equal(ProductStatus.Closed, await StatusOf(product.Id));
        await app.System.DeliverAsync(AppIds.Products, new EventChanged(show.Snapshot(4, (show.SessionId, false))));
        Assert.Equal(HttpStatusCode.OK, await app.System.DeliverAsync(AppIds.Products, cancelled, id));
        Assert.Equal(ProductStatus.OnSale, await StatusOf(product.Id));
    }

    [Fact]
    public async Task Part_of_an_event_leaves_the_rest_as_it_is_and_comes_in_any_order()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        var other = Guid.CreateVersion7();
        EventChanged Part(long version, Guid session, bool cancelled) =>
            new(show.Snapshot(version, (session, cancelled)) with { Partial = true });

        await app.System.DeliverAsync(AppIds.Products, Part(5, other, false));
        Assert.Equal(ProductStatus.OnSale, await StatusOf(product.Id));
        await app.System.DeliverAsync(AppIds.Products, Part(4, show.SessionId, true));
        Assert.Equal(ProductStatus.Closed, await StatusOf(product.Id));
        await app.System.DeliverAsync(AppIds.Products, Part(3, show.SessionId, false));
        Assert.Equal(ProductStatus.Closed, await StatusOf(product.Id));
    }

    [Fact]
    public async Task A_session_heard_of_after_its_event_was_cancelled_is_cancelled()
    {
        var show = new Show(app);
        await show.Join(show.Manager, TeamRole.Manager);
        await app.System.DeliverAsync(
            AppIds.Products,
            new EventCancelled(show.EventId, 2, "rain", DateTimeOffset.UnixEpoch)
        );
        await show.Publish(version: 1);
        using var http = app.As(show.Manager);
        using var added = await http.PostAsJsonAsync("/api/v1/products", show.Body());
        Assert.Equal("session-cancelled", await added.ProblemAsync(409));
    }

    [Fact]
    public async Task A_session_that_left_the_event_is_not_sold_any_more()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        await app.System.DeliverAsync(
            AppIds.Products,
            new EventChanged(show.Snapshot(2, (Guid.CreateVersion7(), false)))
        );
        Assert.Equal(ProductStatus.Closed, await StatusOf(product.Id));
    }

    [Fact]
    public async Task A_cancelled_event_sells_nothing_any_more_and_what_was_sold_stays()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        var order = Guid.CreateVersion7();
        await show.Hold(order, show.Wants((product.Id, 1)));
        await show.Done(order, "commit");
        var cancelled = new EventCancelled(show.EventId, 2, "rain", DateTimeOffset.UnixEpoch);
        await app.System.DeliverAsync(AppIds.Products, cancelled);
        await app.System.DeliverAsync(AppIds.Products, cancelled);
        Assert.Equal(ProductStatus.Closed, await StatusOf(product.Id));
        using var refused = await show.TryHold(Guid.CreateVersion7(), show.Wants((product.Id, 1)));
        Assert.Equal("sale-not-open", await refused.ProblemAsync(409));
        using var http = app.As(show.Manager);
        using var added = await http.PostAsJsonAsync("/api/v1/products", show.Body());
        Assert.Equal("session-cancelled", await added.ProblemAsync(409));
        await app.System.DeliverAsync(AppIds.Products, new EventPublished(show.Snapshot(1, (show.SessionId, false))));
        Assert.Equal(ProductStatus.Closed, await StatusOf(product.Id));
        Assert.Equal(new ProductStock(10, 9, 0, 1), await show.Stock(product.Id));
    }

    [Fact]
    public async Task Nobody_takes_over_the_session_of_another_event()
    {
        var show = await app.PublishShow();
        var thief = new Show(app);
        await app.System.DeliverAsync(AppIds.Products, new EventPublished(thief.Snapshot(9, (show.SessionId, true))));
        var product = await show.Add();
        Assert.Equal(ProductStatus.OnSale, product.Status);
    }

    [Fact]
    public async Task Messages_come_from_the_sidecar_alone()
    {
        using var http = app.As(null);
        using var outside = await http.PostAsJsonAsync("/events/event-published", new { });
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
    }

    private async Task<ProductStatus> StatusOf(Guid product)
    {
        using var http = app.As(null);
        return (await (await http.GetAsync($"/api/v1/products/{product}")).ReadAsync<ProductResponse>()).Status;
    }
}
