using System.Reflection;

namespace Ticketing.Sandbox.Cards;

/// <summary>
/// Stands in for js.stripe.com in the browser: of the Payment Element as much as the checkout uses, for test numbers. The real one
/// puts its fields into a frame of Stripe's; these are inputs without names, which no form sends.
/// </summary>
internal static class StripeScript
{
    private static readonly byte[] Script = Read();

    public static IResult Handle() => TypedResults.Bytes(Script, "text/javascript; charset=utf-8");

    private static byte[] Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("stripe.js")!;
        var script = new byte[stream.Length];
        stream.ReadExactly(script);
        return script;
    }
}
