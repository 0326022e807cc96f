using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Ticketing.Notifications.Mails;

/// <summary>
/// HTML that is safe by construction: <c>Html.Of($"…{value}…")</c> encodes every hole that is not HTML itself.
/// Characters beyond the basic plane (emoji) become entities, because Dapr's SES binding fails on surrogates.
/// </summary>
internal readonly record struct Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly string? text;

    private Html(string text) => this.text = text;

    public static Html Empty => default;

    public static Html Of(Handler handler) => new(handler.Builder.ToString());

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts));

    public override string ToString() => text ?? "";

    [InterpolatedStringHandler]
    public readonly ref struct Handler(int literalLength, int formattedCount)
    {
        private const int TypicalHole = 16;

        internal StringBuilder Builder { get; } = new(literalLength + formattedCount * TypicalHole);

        public void AppendLiteral(string literal) => Builder.Append(literal);

        public void AppendFormatted(string? value) => Builder.Append(Encoder.Encode(value ?? ""));

        public void AppendFormatted(Html value) => Builder.Append(value);
    }
}
