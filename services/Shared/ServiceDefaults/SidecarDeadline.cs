using System.Globalization;
using Grpc.Net.Client;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// No call of the sidecar lasts for ever: its deadline goes along (gRPC's own header), and a sidecar that does not keep to
/// it is given up a little later. The SDK has no setting for it.
/// </summary>
internal sealed class SidecarDeadline(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>State, secrets and events are small.</summary>
    private static readonly TimeSpan Call = TimeSpan.FromSeconds(10);

    /// <summary>A binding hands files and mails to another company.</summary>
    private static readonly TimeSpan Binding = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>The stream that a workflow's worker takes its work from is open as long as it lives.</summary>
    private const string WorkStream = "/GetWorkItems";

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var method = request.RequestUri!.AbsolutePath;
        if (method.EndsWith(WorkStream, StringComparison.Ordinal))
            return await base.SendAsync(request, cancellationToken);
        var limit = method.EndsWith("/InvokeBinding", StringComparison.Ordinal) ? Binding : Call;
        request.Headers.TryAddWithoutValidation(
            "grpc-timeout",
            string.Create(CultureInfo.InvariantCulture, $"{(int)limit.TotalSeconds}S")
        );
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit + Grace);
        try
        {
            return await base.SendAsync(request, deadline.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException(
                $"The sidecar did not answer in {limit.TotalSeconds} s.",
                new IOException("", e)
            );
        }
    }
}

public static class SidecarChannels
{
    /// <summary>Gives the calls of a channel to the sidecar a deadline each.</summary>
    public static void LimitCalls(this GrpcChannelOptions channel) =>
        channel.HttpHandler = new SidecarDeadline(
            channel.HttpHandler ?? new SocketsHttpHandler { EnableMultipleHttp2Connections = true, UseProxy = false }
        );
}
