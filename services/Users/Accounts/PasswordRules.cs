using System.Text;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

/// <summary>Length is what counts (NIST SP 800-63B): no classes of characters, but nothing that is guessed first.</summary>
internal sealed class PasswordRules(BreachedPasswords breached)
{
    public const int MinLength = 10;
    public const int MaxLength = 128;
    private const char NoCharacter = '\uFFFE';

    /// <exception cref="ProblemException">422 naming <paramref name="field"/>.</exception>
    public async Task CheckAsync(string password, string? email, string field, CancellationToken ct)
    {
        var problem = password.Length switch
        {
            < MinLength => $"At least {MinLength} characters.",
            > MaxLength => $"At most {MaxLength} characters.",
            _ when password.Equals(email, StringComparison.OrdinalIgnoreCase) =>
                "The password must not be the e-mail address.",
            _ when password.All(c => c == password[0]) || CommonPasswords.Contains(password) =>
                "This password is among the first that are tried.",
            _ when await breached.ContainAsync(password, ct) => "This password is known from a data breach.",
            _ => null,
        };
        if (problem is not null)
            throw ProblemException.Invalid(field, problem);
    }

    /// <summary>The same bytes from every keyboard. What is no character cannot be normalised, and stays.</summary>
    public static byte[] Encode(string password) => Encoding.UTF8.GetBytes(Normalize(password));

    /// <summary>Likewise, as text.</summary>
    public static string Normalize(string password) =>
        string.Join(NoCharacter, password.Split(NoCharacter).Select(p => p.Normalize(NormalizationForm.FormKC)));
}
