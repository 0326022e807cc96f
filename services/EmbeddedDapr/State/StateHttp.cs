using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Ticketing.EmbeddedDapr.Components;

namespace Ticketing.EmbeddedDapr.State;

/// <summary>The state API over HTTP.</summary>
internal sealed class StateHttp(StateStores stores)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1.0/state/{store}", SaveAsync);
        routes.MapPut("/v1.0/state/{store}", SaveAsync);
        routes.MapPost("/v1.0/state/{store}/bulk", BulkGetAsync);
        routes.MapPut("/v1.0/state/{store}/bulk", BulkGetAsync);
        routes.MapPost("/v1.0/state/{store}/transaction", TransactionAsync);
        routes.MapPut("/v1.0/state/{store}/transaction", TransactionAsync);
        routes.MapGet("/v1.0/state/{store}/{key}", GetAsync);
        routes.MapDelete("/v1.0/state/{store}/{key}", DeleteAsync);
    }

    private async Task GetAsync(HttpContext http)
    {
        var rows = await Store(http).ReadAsync("get", [StateApi.KeyOf(http, Route(http, "key"))], http.RequestAborted);
        if (rows is not [var row])
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        http.Response.Headers.ETag = row.ETag;
        foreach (var (name, value) in StateApi.MetadataOf(row))
        {
            http.Response.Headers["metadata." + name] = value;
        }
        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(row.Value, http.RequestAborted);
    }

    private async Task BulkGetAsync(HttpContext http)
    {
        var request = await ReadAsync(http, StateJson.Default.BulkGet);
        var keys = request.Keys.Distinct().ToDictionary(k => StateApi.KeyOf(http, k));
        var rows = (await Store(http).ReadAsync("bulk_get", keys.Keys, http.RequestAborted)).ToDictionary(r => r.Key);
        var items = keys.Select(k =>
            rows.GetValueOrDefault(k.Key) is { } row
                ? new StateWire.BulkItem(k.Value, Json(row.Value), row.ETag)
                : new StateWire.BulkItem(k.Value, null, null)
        );
        http.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(http.Response.Body, items.ToArray(), StateJson.Default.BulkItemArray);
    }

    private async Task SaveAsync(HttpContext http)
    {
        var items = await ReadAsync(http, StateJson.Default.ItemArray);
        await Store(http).WriteAsync("set", [.. items.Select(i => Upsert(http, i))], http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task DeleteAsync(HttpContext http)
    {
        var etag = http.Request.Headers.IfMatch.ToString().Trim('"');
        var write = new StateWrite(
            StateApi.KeyOf(http, Route(http, "key")),
            null,
            etag.Length > 0 ? etag : null,
            false,
            null
        );
        await Store(http).WriteAsync("delete", [write], http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task TransactionAsync(HttpContext http)
    {
        var request = await ReadAsync(http, StateJson.Default.Transaction);
        var writes = request.Operations.Select(o =>
            o.Kind switch
            {
                "upsert" => Upsert(http, o.Request),
                "delete" => new StateWrite(StateApi.KeyOf(http, o.Request.Key), null, ETag(o.Request), false, null),
                var other => throw ComponentSet<object>.BadRequest(
                    "ERR_NOT_SUPPORTED_STATE_OPERATION",
                    $"operation type {other} not supported"
                ),
            }
        );
        await Store(http).WriteAsync("transaction", [.. writes], http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private AppStore Store(HttpContext http) => stores.Get(Route(http, "store"), http);

    private static StateWrite Upsert(HttpContext http, StateWire.Item item) =>
        new(
            StateApi.KeyOf(http, item.Key),
            item.Value is { } value ? Encoding.UTF8.GetBytes(value.GetRawText()) : "null"u8.ToArray(),
            ETag(item),
            item.Options?.Concurrency == "first-write",
            StateApi.TtlOf(item.Metadata ?? [])
        );

    private static string? ETag(StateWire.Item item) => item.Etag is { Length: > 0 } etag ? etag : null;

    private static JsonElement? Json(byte[] value)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(Convert.ToBase64String(value));
        }
    }

    private static async Task<T> ReadAsync<T>(
        HttpContext http,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type
    ) =>
        await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted)
        ?? throw new JsonException("the body is null");

    private static string Route(HttpContext http, string name) => http.Request.RouteValues[name] as string ?? "";
}

/// <summary>The wire forms of the state API over HTTP.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(StateWire.Item[]))]
[JsonSerializable(typeof(StateWire.Transaction))]
[JsonSerializable(typeof(StateWire.BulkGet))]
[JsonSerializable(typeof(StateWire.BulkItem[]))]
internal sealed partial class StateJson : JsonSerializerContext;

internal static class StateWire
{
    public sealed record Item(
        string Key,
        JsonElement? Value = null,
        string? Etag = null,
        Dictionary<string, string>? Metadata = null,
        ItemOptions? Options = null
    );

    public sealed record ItemOptions(string? Concurrency = null, string? Consistency = null);

    public sealed record Transaction(IReadOnlyList<Operation> Operations);

    public sealed record Operation([property: JsonPropertyName("operation")] string Kind, Item Request);

    public sealed record BulkGet(IReadOnlyList<string> Keys);

    public sealed record BulkItem(string Key, JsonElement? Data, string? Etag);
}
