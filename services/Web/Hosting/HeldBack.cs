namespace Ticketing.Web.Hosting;

/// <summary>An answer that is looked at before it leaves.</summary>
internal static class HeldBack
{
    /// <returns>What the rest of the pipeline wrote, from its beginning; nothing of it has left.</returns>
    public static async Task<MemoryStream> RunAsync(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        var made = new MemoryStream();
        context.Response.Body = made;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
        }
        made.Position = 0;
        return made;
    }
}
