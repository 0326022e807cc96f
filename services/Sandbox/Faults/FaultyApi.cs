namespace Ticketing.Sandbox.Faults;

/// <summary>Answers as the test bank is told to.</summary>
/// <param name="unavailable">The API's own words for it.</param>
internal sealed class FaultyApi(RequestDelegate next, Func<Exception> unavailable)
{
    public async Task InvokeAsync(HttpContext context, FaultSwitch faults, TimeProvider clock)
    {
        var fault = faults.Now;
        switch (fault.Api)
        {
            case ApiFault.Slow:
                await Task.Delay(TimeSpan.FromSeconds(fault.DelaySeconds), clock, context.RequestAborted);
                await next(context);
                break;
            case ApiFault.Down:
                context.Response.Headers.RetryAfter = "1";
                throw unavailable();
            case ApiFault.Silent:
                context.Response.Body = Stream.Null;
                try
                {
                    await next(context);
                }
                finally
                {
                    context.Abort();
                }
                break;
            default:
                await next(context);
                break;
        }
    }
}
