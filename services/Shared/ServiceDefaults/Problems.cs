using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapr;
using Grpc.Core;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// A rule said no. Becomes an RFC 9457 problem whose <c>type</c> is <c>/docs/errors#{code}</c>; codes are
/// stable, clients may branch on them.
/// </summary>
public sealed class ProblemException(int status, string code, string detail, TimeSpan? retryAfter = null)
    : Exception(detail)
{
    public int Status { get; } = status;
    public string Code { get; } = code;

    /// <summary>When the same request may succeed; sent as Retry-After.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Further members of the problem, such as the seats that were taken.</summary>
    public IDictionary<string, object?> Extensions { get; init; } = new Dictionary<string, object?>();

    /// <summary>Field → messages, for 400 and 422.</summary>
    public IDictionary<string, string[]>? Errors { get; init; }

    public static ProblemException NotFound(string noun) =>
        new(StatusCodes.Status404NotFound, "not-found", $"There is no such {noun}.");

    public static ProblemException Forbidden(string detail) => new(StatusCodes.Status403Forbidden, "forbidden", detail);

    public static ProblemException Conflict(string code, string detail) =>
        new(StatusCodes.Status409Conflict, code, detail);

    /// <summary>Well-formed but refused: names the field.</summary>
    public static ProblemException Invalid(string field, string message) =>
        new(StatusCodes.Status422UnprocessableEntity, "invalid", message)
        {
            Errors = new Dictionary<string, string[]> { [field] = [message] },
        };

    /// <summary>412: the resource changed since the client read it.</summary>
    public static ProblemException PreconditionFailed() =>
        new(
            StatusCodes.Status412PreconditionFailed,
            "precondition-failed",
            "The resource has changed since: read it again, then send its ETag in If-Match."
        );
}

public static partial class Problems
{
    /// <summary>The page that says what each problem means, at the public origin.</summary>
    public const string DocsPath = "/docs/errors";

    /// <summary>
    /// A problem's <c>type</c> is a reference to its section there (RFC 9457, 3.1.1): the same on every installation, so that
    /// clients may branch on it, and resolved against the request it leads to the page.
    /// </summary>
    public const string TypePrefix = DocsPath + "#";

    internal static IServiceCollection AddProblems(this IServiceCollection services)
    {
        ValidationMessages.Add(services);
        return services
            .AddProblemDetails(o => o.CustomizeProblemDetails = c => Complete(c.ProblemDetails, c.HttpContext))
            .AddExceptionHandler<ProblemHandler>();
    }

    /// <summary>Every problem has a type, a title and a trace id, also those the framework makes.</summary>
    private static void Complete(ProblemDetails problem, HttpContext context)
    {
        var status = problem.Status ?? context.Response.StatusCode;
        if (problem.Type is null || !problem.Type.StartsWith(TypePrefix, StringComparison.Ordinal))
            problem.Type = TypePrefix + (problem is HttpValidationProblemDetails ? "invalid" : CodeOf(status));
        if (problem is HttpValidationProblemDetails validation)
        {
            // Fields are named as in the JSON; the validator names the C# properties.
            validation.Errors = validation.Errors.ToDictionary(e => CamelCase(e.Key), e => e.Value);
            if (problem.Detail is null)
                (problem.Title, problem.Detail) = (ReasonPhrases.GetReasonPhrase(status), "A field is not acceptable.");
        }
        problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        problem.Extensions.Remove("exception");
    }

    private static string CamelCase(string path) =>
        path.Contains('-', StringComparison.Ordinal)
            ? path // a header
            : string.Join('.', path.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));

    /// <summary>System.Text.Json names missing properties only in its message.</summary>
    [GeneratedRegex("missing required properties including: .*")]
    private static partial Regex Missing();

    /// <summary>
    /// The framework, too, names only in its message what it could not bind: <c>parameter "Nullable&lt;int&gt; Limit"</c>.
    /// </summary>
    [GeneratedRegex("parameter \"(?:[^\" ]+ )?([^\" ]+)\"")]
    private static partial Regex Parameter();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex QuotedName();

    private static string CodeOf(int status) =>
        status switch
        {
            400 => "invalid",
            401 => "unauthenticated",
            403 => "forbidden",
            404 => "not-found",
            405 => "method-not-allowed",
            413 => "too-large",
            415 => "unsupported-media-type",
            429 => "rate-limited",
            503 => "unavailable",
            _ => "error",
        };

    /// <summary>The refusal as an answer: where most are refused, throwing costs more than all the rest of the request.</summary>
    public static IResult Refuse(ProblemException refusal) => new Refusal(refusal);

    private sealed class Refusal(ProblemException refusal) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext) =>
            await httpContext
                .RequestServices.GetRequiredService<IExceptionHandler>()
                .TryHandleAsync(httpContext, refusal, httpContext.RequestAborted);
    }

    private sealed class ProblemHandler(IProblemDetailsService writer) : IExceptionHandler
    {
        private const string Unreadable = "The value is missing, misspelt or of the wrong type.";

        public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken ct)
        {
            var problem = Map(exception);
            if (problem is null)
                return false; // a bug: the framework answers 500 with a trace id
            context.Response.StatusCode = problem.Status!.Value;
            if (exception is ProblemException { RetryAfter: { } wait })
                context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))
                    .ToString(System.Globalization.CultureInfo.InvariantCulture);
            return await writer.TryWriteAsync(new() { HttpContext = context, ProblemDetails = problem });
        }

        private static ProblemDetails? Map(Exception exception) =>
            exception switch
            {
                ProblemException { Errors: { } errors } p => With(
                    new HttpValidationProblemDetails(errors),
                    p.Status,
                    p.Code,
                    p.Message
                ),
                ProblemException p => With(
                    new ProblemDetails { Extensions = p.Extensions },
                    p.Status,
                    p.Code,
                    p.Message
                ),
                BadHttpRequestException { InnerException: JsonException json } => With(
                    new HttpValidationProblemDetails(FieldsOf(json)),
                    400,
                    "invalid",
                    "The body is not the JSON that this endpoint takes."
                ),
                BadHttpRequestException { StatusCode: 400 } bad
                    when Parameter().Match(bad.Message) is { Success: true } named => With(
                    new HttpValidationProblemDetails(FieldOf(named.Groups[1].Value, bad.Message)),
                    400,
                    "invalid",
                    "The request is not what this endpoint takes."
                ),
                BadHttpRequestException bad => With(
                    new ProblemDetails(),
                    bad.StatusCode,
                    CodeOf(bad.StatusCode),
                    bad.Message
                ),
                // Of the content type; the framework takes it for a bug.
                InvalidOperationException { InnerException: ArgumentException or NotSupportedException } unknown
                    when unknown.Message.Contains("charset", StringComparison.Ordinal) => With(
                    new ProblemDetails(),
                    415,
                    "unsupported-media-type",
                    "The charset of the body is not known here."
                ),
                PeerUnavailableException peer => With(new ProblemDetails(), 503, "unavailable", peer.Message),
                // PostgreSQL cannot store the NUL character, in a text or in JSON; nobody means it.
                PostgresException
                {
                    SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter
                }
                or DbUpdateException
                {
                    InnerException: PostgresException
                    {
                        SqlState: PostgresErrorCodes.CharacterNotInRepertoire
                            or PostgresErrorCodes.UntranslatableCharacter
                    }
                } => With(new ProblemDetails(), 400, "invalid", "Text must not contain the NUL character."),
                DaprException
                {
                    InnerException: RpcException
                    {
                        StatusCode: StatusCode.Unavailable
                            or StatusCode.DeadlineExceeded
                            or StatusCode.ResourceExhausted
                            or StatusCode.Internal
                    }
                }
                or NpgsqlException { IsTransient: true }
                or RetryLimitExceededException
                or TimeoutException => With(
                    new ProblemDetails(),
                    503,
                    "unavailable",
                    "A backing service is not answering; try again with the same Idempotency-Key."
                ),
                _ => null,
            };

        private static T With<T>(T problem, int status, string code, string detail)
            where T : ProblemDetails
        {
            problem.Status = status;
            problem.Type = TypePrefix + code;
            problem.Title = ReasonPhrases.GetReasonPhrase(status);
            problem.Detail = detail;
            return problem;
        }

        private static Dictionary<string, string[]> FieldOf(string parameter, string message)
        {
            var isBody = message.Contains("body", StringComparison.Ordinal);
            return new() { [isBody ? "body" : parameter] = [Unreadable] };
        }

        private static Dictionary<string, string[]> FieldsOf(JsonException json)
        {
            var missing = Missing().Match(json.Message);
            IEnumerable<string> fields = missing.Success
                ? QuotedName().Matches(missing.Value).Select(m => m.Groups[1].Value)
                : [json.Path is null or "$" ? "body" : json.Path.TrimStart('$').TrimStart('.')];
            return fields.ToDictionary(f => f, _ => new[] { Unreadable });
        }
    }
}
