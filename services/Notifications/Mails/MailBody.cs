using System.Globalization;
using System.Text;

namespace Ticketing.Notifications.Mails;

/// <summary>
/// The body as Dapr's mail bindings read it, by Go's rules of quoting: a JSON string of UTF-8, where nothing is escaped
/// but quotation marks, backslashes and control characters. (Go refuses escaped surrogate pairs.)
/// </summary>
internal static class MailBody
{
    public static string Quote(string html)
    {
        var quoted = new StringBuilder(html.Length + html.Length / 16).Append('"');
        foreach (var c in html)
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c))
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        return quoted.Append('"').ToString();
    }
}
