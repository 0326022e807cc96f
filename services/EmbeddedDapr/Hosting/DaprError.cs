using System.Text.Json;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ticketing.EmbeddedDapr.Hosting;

/// <summary>An error of the Dapr API, as its gRPC status and as its HTTP status with Dapr's JSON.</summary>
internal sealed class DaprError(StatusCode grpc, int http, string errorCode, string message) : Exception(message)
{
    public StatusCode Grpc { get; } = grpc;

    public Task WriteAsync(HttpResponse response) => WriteAsync(response, http, errorCode, Message);

    public static Task WriteAsync(HttpResponse response, int status, string errorCode, string message)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("errorCode", errorCode);
            json.WriteString("message", message);
            json.WriteEndObject();
        }
        return response.Body.WriteAsync(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}

/// <summary>Turns a <see cref="DaprError"/> of an HTTP call into Dapr's JSON; anything else is a 500 that is logged.</summary>
internal sealed class HttpErrors(RequestDelegate next, ILogger<HttpErrors> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (DaprError e) when (!context.Response.HasStarted)
        {
            await e.WriteAsync(context.Response);
        }
        catch (JsonException e) when (!context.Response.HasStarted)
        {
            await DaprError.WriteAsync(
                context.Response,
                StatusCodes.Status400BadRequest,
                "ERR_MALFORMED_REQUEST",
                $"failed deserializing HTTP body: {e.Message}"
            );
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await DaprError.WriteAsync(context.Response, e.StatusCode, "ERR_BODY_READ", e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException && !context.Response.HasStarted)
        {
            logger.LogError(e, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
            await DaprError.WriteAsync(
                context.Response,
                StatusCodes.Status500InternalServerError,
                "ERR_INTERNAL",
                e is NpgsqlException ? "the runtime's database did not answer" : "unexpected error, see the log"
            );
        }
    }
}

/// <summary>The same for gRPC calls.</summary>
internal sealed class GrpcErrors(ILogger<GrpcErrors> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            return await continuation(request, context);
        }
        catch (DaprError e)
        {
            throw new RpcException(new Status(e.Grpc, e.Message));
        }
        catch (NpgsqlException e)
        {
            logger.LogError(e, "{Method} failed in the database", context.Method);
            throw new RpcException(new Status(StatusCode.Internal, "the runtime's database did not answer"));
        }
    }
}
