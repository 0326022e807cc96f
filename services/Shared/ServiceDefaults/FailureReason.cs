using System.Text.RegularExpressions;
using Grpc.Core;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Why something failed, for a row or a log. The Dapr SDK's own exception says "See InnerException"; the sidecar's words
/// are in the innermost gRPC status. What may tell of a person in them is masked.
/// </summary>
public static partial class FailureReason
{
    private const int MaxLength = 500;

    public static string Reason(this Exception exception)
    {
        RpcException? call = null;
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
            call = inner as RpcException ?? call;
        var reason = call is null ? exception.GetBaseException().Message : $"{call.StatusCode}: {call.Status.Detail}";
        reason = Personal().Replace(reason, "***");
        return reason.Length <= MaxLength ? reason : reason[..MaxLength];
    }

    /// <summary>Mail addresses, and numbers as long as a CPF, a phone or a card.</summary>
    [GeneratedRegex("""[^\s<>"'(:;,]+@[^\s<>"'):;,]+|\d(?:[ .-]?\d){9,}""")]
    private static partial Regex Personal();
}
