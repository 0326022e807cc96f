using System.Diagnostics;
using Dapr;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;
using Ticketing.Web.Api;
using Ticketing.Web.Buyer;
using Ticketing.Web.Layout;
using Ticketing.Web.SignIn;

namespace Ticketing.Web.Hosting;

/// <summary>What goes wrong is told as a page: what happened, what to do, and the trace's id when it is our fault.</summary>
internal sealed class PageErrors(RequestDelegate next, ILogger<PageErrors> logger)
{
    /// <summary>What the framework says in such a case is a line; a page of ours is longer.</summary>
    private const int TextBytes = 1000;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            if (HttpMethods.IsPost(context.Request.Method))
                await PostAsync(context);
            else
                await next(context);
        }
        // The provider has ended the session: in again, and back to this page.
        catch (ApiProblemException p)
            when (p.Status == StatusCodes.Status401Unauthorized
                && !context.Response.HasStarted
                && !StoredSessions.AreUnread(context)
            )
        {
            await EndAsync(context);
            if (context.Request.IsByScript())
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }
            var back = HttpMethods.IsPost(context.Request.Method)
                ? Interruption.PageOf(context.Request, Interruption.SessionOver)
                : context.Request.Path + context.Request.QueryString;
            context.Response.Redirect(SignInRoutes.InPath + QueryString.Create("volta", back));
            return;
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            var (status, code, trace) = Of(e);
            // Who could not be read is not nobody.
            if (status == StatusCodes.Status401Unauthorized)
                (status, code) = (StatusCodes.Status503ServiceUnavailable, "unavailable");
            if (status == StatusCodes.Status500InternalServerError)
                logger.LogError(e, "A page failed");
            context.Response.Clear();
            if (e is ApiProblemException { RetryAfter: { } wait })
                context.Response.Headers.RetryAfter = $"{Math.Ceiling(wait.TotalSeconds):F0}";
            await RenderAsync(context, status, code, trace);
            return;
        }
        if (
            context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null }
            // It is said to scripts alone.
            && context.Response.StatusCode != StatusCodes.Status401Unauthorized
            && !context.Request.Path.StartsWithSegments("/healthz")
        )
            await RenderAsync(context, context.Response.StatusCode, null, null);
    }

    /// <summary>
    /// A form that the page no longer has, because its order was paid or its hold is over: the page as it now is. To the
    /// framework that is a bad request, with a text of its own. So is a form of somebody else than who sends it, which is signed
    /// in or out in another tab: nothing of it is done, and its page is made for who it is now.
    /// </summary>
    private async Task PostAsync(HttpContext context)
    {
        var response = context.Response;
        using var made = await HeldBack.RunAsync(context, next);
        if (response.StatusCode != StatusCodes.Status400BadRequest || made.Length >= TextBytes)
        {
            await made.CopyToAsync(response.Body, context.RequestAborted);
            return;
        }
        response.Clear();
        StoredSessions.ThrowIfUnread(context);
        var page = context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type;
        var token = context.Features.Get<IAntiforgeryValidationFeature>();
        if (page is not null && token is { IsValid: true })
            response.Redirect(Interruption.PageOf(context.Request, Interruption.Changed));
        else if (page is not null && token is { IsValid: false } && IsOurs(context.Request))
        {
            if (page == typeof(ChoosePage))
                await KeepChoiceAsync(context);
            response.Redirect(Interruption.PageOf(context.Request, Interruption.SomebodyElse));
        }
        else
            response.StatusCode = StatusCodes.Status400BadRequest;
    }

    /// <summary>A script of ours looks at the answer itself.</summary>
    private static bool IsOurs(HttpRequest request) => request.IsFromHere() && !request.IsByScript();

    private static async Task KeepChoiceAsync(HttpContext context)
    {
        // Else nothing may read the form. Of this one nothing is done: the browser gets back what it sent.
        context.Features.Set<IAntiforgeryValidationFeature>(null);
        if (
            context.Request.HasFormContentType
            && Guid.TryParse(context.GetRouteValue(nameof(ChoosePage.SessionId))?.ToString(), out var session)
            && Choice.Of(session, await context.Request.ReadFormAsync(context.RequestAborted)) is { Count: > 0 } choice
        )
            choice.Keep(context);
    }

    private static async Task EndAsync(HttpContext context)
    {
        try
        {
            await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        }
        catch (DaprException)
        {
            // The sign-in goes on all the same, and the session has no more use than before.
        }
    }

    public static IResult NotFound() => Results.StatusCode(StatusCodes.Status404NotFound);

    private static (int Status, string? Code, string? Trace) Of(Exception e) =>
        e switch
        {
            ApiProblemException p => (p.Status, p.Code, p.TraceId),
            PeerUnavailableException or TimeoutException or HttpRequestException or DaprException => (
                503,
                "unavailable",
                null
            ),
            ProblemException p => (p.Status, p.Code, null),
            AntiforgeryValidationException => (400, null, null),
            BadHttpRequestException bad => (bad.StatusCode, null, null),
            InvalidDataException => (400, null, null),
            _ => (500, null, null),
        };

    private static async Task RenderAsync(HttpContext context, int status, string? code, string? trace)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        // Of the page that failed; the framework writes it for this one again, and twice is too often for it.
        context.Response.Headers.Remove("blazor-enhanced-nav");
        // The page that failed has begun to use this request's services.
        await using var scope = context.RequestServices.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        await new RazorComponentResult<ErrorDocument>(
            new Dictionary<string, object?>
            {
                [nameof(ErrorDocument.Status)] = status,
                [nameof(ErrorDocument.Code)] = code,
                [nameof(ErrorDocument.Trace)] =
                    trace ?? Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier,
            }
        )
        {
            StatusCode = status,
            PreventStreamingRendering = true,
        }.ExecuteAsync(context);
    }
}
