using System.Text.Json.Nodes;
using Ticketing.Local.Seeding;
using Ticketing.TestKit;

namespace Ticketing.System.Tests;

/// <summary>A person who buys, over public HTTP only.</summary>
internal sealed class Buyer(ApiClient api)
{
    public const string Password = "a-long-enough-password";

    public string Email { get; } = $"{Guid.CreateVersion7():N}@example.com";

    public ApiClient Api => api;

    public async Task RegisterAsync()
    {
        await api.PostAsync(
            "/api/v1/users",
            new
            {
                email = Email,
                password = Password,
                name = "Íris Araújo",
            },
            default
        );
        await api.LogInAsync(Email, Password, default);
    }

    public Task<JsonNode> HoldAsync(Show show, int quantity = 1) =>
        api.PostAsync("/api/v1/holds", show.HoldOf(quantity), default);

    public Task<HttpResponseMessage> TryHoldAsync(Show show, int quantity = 1) =>
        api.SendAsync(HttpMethod.Post, "/api/v1/holds", show.HoldOf(quantity), default);

    public object OrderOf(JsonNode hold, string method = "pix", string? cardToken = null, Guid? productId = null) =>
        new
        {
            holdId = hold.Id(),
            buyer = new { name = "Íris Araújo", email = Email },
            attendees = new[] { new { name = "Zoé Simões" } },
            products = productId is { } id ? new[] { new { productId = id, quantity = 1 } } : [],
            payment = new { method, cardToken },
        };

    public Task<JsonNode> OrderAsync(
        JsonNode hold,
        string method = "pix",
        string? cardToken = null,
        Guid? productId = null
    ) => api.PostAsync("/api/v1/orders", OrderOf(hold, method, cardToken, productId), default);

    public async Task<JsonNode> OrderByPixAsync(Show show, int quantity = 1, Guid? productId = null) =>
        await OrderAsync(await HoldAsync(show, quantity), productId: productId);

    public async Task<JsonNode> OrderByCardAsync(Show show, string token) =>
        await OrderAsync(await HoldAsync(show), "card", token);

    public async Task PayAsync(JsonNode order, bool late = false)
    {
        var txId = (await PayableAsync(order))["payment"]!["pix"]!.Text("txId");
        await api.PostAsync($"/sandbox/pix/{txId}/pay", new { late }, default);
    }

    /// <summary>
    /// With its Pix: the bank's answer is waited for so long, then the order is told without it. One that is over shows no more how
    /// to pay: who pays late has the code from before.
    /// </summary>
    public async Task<JsonNode> PayableAsync(JsonNode order) =>
        order["payment"]?["pix"] is not null ? order : await WaitAsync(order, o => o["payment"]?["pix"] is not null);

    public Task<JsonNode> WaitAsync(JsonNode order, Func<JsonNode, bool> done) =>
        Eventually.GetAsync(() => api.GetAsync($"/api/v1/orders/{order.Id()}", default), done);

    public Task<JsonNode> WaitForStatusAsync(JsonNode order, string status) =>
        WaitAsync(order, o => o.Text("status") == status);

    public async Task<IReadOnlyList<JsonNode>> TicketsAsync() =>
        [.. (await api.GetAsync("/api/v1/me/tickets", default))["items"]!.AsArray().Select(t => t!)];
}
