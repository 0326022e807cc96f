using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Ticketing.EmbeddedDapr.Components;
using Ticketing.EmbeddedDapr.Hosting;

namespace Ticketing.EmbeddedDapr.State;

/// <summary>The state API over gRPC. Keys are stored as <c>appid||key</c>.</summary>
internal sealed class StateApi(StateStores stores)
{
    private const string Separator = "||";

    /// <summary>A century: a longer life is as good as none, and stays within what a timestamp can say.</summary>
    private const long MaxTtlSeconds = 100L * 365 * 24 * 3600;

    public async Task<GetStateResponse> GetState(GetStateRequest request, ServerCallContext call)
    {
        var http = call.GetHttpContext();
        var store = stores.Get(request.StoreName, http);
        var rows = await store.ReadAsync("get", [KeyOf(http, request.Key)], call.CancellationToken);
        if (rows is not [var row])
        {
            return new();
        }
        var response = new GetStateResponse { Data = UnsafeByteOperations.UnsafeWrap(row.Value), Etag = row.ETag };
        response.Metadata.Add(MetadataOf(row));
        return response;
    }

    public async Task<GetBulkStateResponse> GetBulkState(GetBulkStateRequest request, ServerCallContext call)
    {
        var http = call.GetHttpContext();
        var store = stores.Get(request.StoreName, http);
        var keys = request.Keys.Distinct().ToDictionary(k => KeyOf(http, k));
        var rows = (await store.ReadAsync("bulk_get", keys.Keys, call.CancellationToken)).ToDictionary(r => r.Key);
        var response = new GetBulkStateResponse();
        foreach (var (stored, key) in keys)
        {
            var item = new BulkStateItem { Key = key };
            if (rows.GetValueOrDefault(stored) is { } row)
            {
                item.Data = UnsafeByteOperations.UnsafeWrap(row.Value);
                item.Etag = row.ETag;
                item.Metadata.Add(MetadataOf(row));
            }
            response.Items.Add(item);
        }
        return response;
    }

    public async Task<Empty> SaveState(SaveStateRequest request, ServerCallContext call)
    {
        var http = call.GetHttpContext();
        await stores
            .Get(request.StoreName, http)
            .WriteAsync("set", [.. request.States.Select(s => WriteOf(http, s))], call.CancellationToken);
        return new();
    }

    public async Task<Empty> DeleteState(DeleteStateRequest request, ServerCallContext call)
    {
        var http = call.GetHttpContext();
        var write = new StateWrite(KeyOf(http, request.Key), null, ETagOf(request.Etag), false, null);
        await stores.Get(request.StoreName, http).WriteAsync("delete", [write], call.CancellationToken);
        return new();
    }

    public async Task<Empty> DeleteBulkState(DeleteBulkStateRequest request, ServerCallContext call)
    {
        var http = call.GetHttpContext();
        await stores
            .Get(request.StoreName, http)
            .WriteAsync("bulk_delete", [.. request.States.Select(s => DeleteOf(http, s))], call.CancellationToken);
        return new();
    }

    public async Task<Empty> ExecuteStateTransaction(ExecuteStateTransactionRequest request, ServerCallContext call)
    {
        var http = call.GetHttpContext();
        var writes = request.Operations.Select(o =>
            o.OperationType switch
            {
                "upsert" => WriteOf(http, o.Request),
                "delete" => DeleteOf(http, o.Request),
                var other => throw new DaprError(
                    StatusCode.Unimplemented,
                    StatusCodes.Status400BadRequest,
                    "ERR_NOT_SUPPORTED_STATE_OPERATION",
                    $"operation type {other} not supported"
                ),
            }
        );
        await stores.Get(request.StoreName, http).WriteAsync("transaction", [.. writes], call.CancellationToken);
        return new();
    }

    public static string KeyOf(HttpContext http, string key) =>
        key.Length == 0
        || key.Contains(Separator, StringComparison.Ordinal)
        || key.Contains('\0', StringComparison.Ordinal)
            ? throw ComponentSet<object>.BadRequest(
                "ERR_STATE_KEY",
                $"input key/keyPrefix '{key}' can't be empty or contain '{Separator}' or NUL"
            )
            : SidecarApp.Of(http).AppId + Separator + key;

    public static TimeSpan? TtlOf(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue("ttlInSeconds", out var text))
        {
            return null;
        }
        if (
            !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            || seconds < -1
        )
        {
            throw ComponentSet<object>.BadRequest("ERR_STATE_SAVE", $"incorrect value for ttlInSeconds: '{text}'");
        }
        // -1 takes an earlier expiry away, and so does 0.
        return seconds <= 0 ? null : TimeSpan.FromSeconds(Math.Min(seconds, MaxTtlSeconds));
    }

    public static Dictionary<string, string> MetadataOf(StateRow row) =>
        row.Expires is { } expires
            ? new()
            {
                ["ttlExpireTime"] = expires.UtcDateTime.ToString(
                    "yyyy-MM-dd'T'HH:mm:ss'Z'",
                    CultureInfo.InvariantCulture
                ),
            }
            : [];

    private static StateWrite WriteOf(HttpContext http, StateItem item) =>
        new(
            KeyOf(http, item.Key),
            item.Value.ToByteArray(),
            ETagOf(item.Etag),
            item.Options?.Concurrency == StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite,
            TtlOf(item.Metadata.AsReadOnly())
        );

    private static StateWrite DeleteOf(HttpContext http, StateItem item) =>
        new(KeyOf(http, item.Key), null, ETagOf(item.Etag), false, null);

    private static string? ETagOf(Etag? etag) => etag?.Value is { Length: > 0 } value ? value : null;
}
