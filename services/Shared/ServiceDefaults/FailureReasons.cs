using System.Text.RegularExpressions;
using Grpc.Core;

namespace Ticketing.ServiceDefaults;

public static partial class FailureReasons
{
    /// <summary>
    /// What really failed, for a log or a row: the SDK's own message says only that something did. Of gRPC its status and
    /// detail; addresses are masked.
    /// </summary>
    public static string Reason(this Exception exception)
    {
        var innermost = exception;
        RpcException? rpc = null;
        for (var e = exception; e is not null; e = e.InnerException)
        {
            innermost = e;
            rpc = e as RpcException ?? rpc;
        }
        return Address().Replace(rpc is null ? innermost.Message : $"{rpc.StatusCode}: {rpc.Status.Detail}", "…@…");
    }

    [GeneratedRegex(@"[^\s""'<>(),;:]+@[^\s""'<>(),;:]+")]
    private static partial Regex Address();
}
