using System.Globalization;

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

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var limit =
            request.RequestUri?.AbsolutePath.EndsWith("/InvokeBinding", StringComparison.Ordinal) == true
                ? Binding
                : Call;
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
