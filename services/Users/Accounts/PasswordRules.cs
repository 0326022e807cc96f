using System.Collections.Frozen;
using System.Text;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

/// <summary>Length is what counts (NIST SP 800-63B): no classes of characters, but nothing that is guessed first.</summary>
internal static class PasswordRules
{
    public const int MinLength = 10;
    public const int MaxLength = 128;
    private const char NoCharacter = '\uFFFE';

    // The commonest of ten characters and more in published leaks, and what local people would take.
    private static readonly FrozenSet<string> Common = FrozenSet.ToFrozenSet(
        [
            "1234567890",
            "12345678910",
            "0123456789",
            "0987654321",
            "9876543210",
            "123456789a",
            "a123456789",
            "123123123123",
            "1111111111",
            "0000000000",
            "1q2w3e4r5t",
            "1q2w3e4r5t6y",
            "1qaz2wsx3edc",
            "q1w2e3r4t5",
            "q1w2e3r4t5y6",
            "qwertyuiop",
            "qwerty1234",
            "qwerty12345",
            "qwerty123456",
            "asdfghjkl1",
            "asdfghjklz",
            "abcd123456",
            "abc1234567",
            "abcdefghij",
            "password12",
            "password123",
            "password1234",
            "passw0rd123",
            "p@ssw0rd123",
            "iloveyou12",
            "iloveyou123",
            "welcome123",
            "administrator",
            "changeme123",
            "senha12345",
            "senha123456",
            "minhasenha",
            "minhasenha123",
            "mudar12345",
            "brasil2026",
            "flamengo123",
            "corinthians",
            "palmeiras123",
            "ingressos123",
            "ticketing123",
        ],
        StringComparer.OrdinalIgnoreCase
    );

    /// <exception cref="ProblemException">422 naming <paramref name="field"/>.</exception>
    public static void Check(string password, string? email, string field = "password")
    {
        var message = password.Length switch
        {
            < MinLength => $"At least {MinLength} characters.",
            > MaxLength => $"At most {MaxLength} characters.",
            _ when Common.Contains(password) || password.All(c => c == password[0]) =>
                "This password is among the first that are tried.",
            _ when password.Equals(email, StringComparison.OrdinalIgnoreCase) =>
                "The password must not be the e-mail address.",
            _ => null,
        };
        if (message is not null)
            throw ProblemException.Invalid(field, message);
    }

    /// <summary>The same bytes from every keyboard. What is no character cannot be normalised, and stays.</summary>
    public static byte[] Encode(string password) =>
        Encoding.UTF8.GetBytes(
            string.Join(NoCharacter, password.Split(NoCharacter).Select(p => p.Normalize(NormalizationForm.FormKC)))
        );
}
