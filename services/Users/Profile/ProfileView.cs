using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.Profile;

/// <summary>A person's own profile.</summary>
/// <param name="EmailVerified">Whether the person proved that the address is theirs.</param>
/// <param name="Cpf">Masked, such as <c>***.456.789-**</c>.</param>
/// <param name="Locale">Language of mails: <c>pt-BR</c> or <c>en</c>.</param>
/// <param name="Roles">Platform roles; with an external provider those of the token.</param>
public sealed record ProfileView(
    Guid Id,
    string Email,
    bool EmailVerified,
    string Name,
    string? Cpf,
    string Locale,
    IReadOnlyList<string> Roles,
    DateTimeOffset CreatedAt
)
{
    /// <summary>Also sends the ETag.</summary>
    internal static async Task<ProfileView> OfAsync(
        User user,
        IReadOnlyList<string> roles,
        PersonalDataProtector protector,
        HttpResponse response,
        CancellationToken ct
    )
    {
        response.SetETag(user.Version);
        response.Headers.CacheControl = "private, no-cache";
        return new(
            user.Id,
            user.Email!,
            user.EmailVerifiedAt is not null,
            user.Name,
            user.Cpf is null
                ? null
                : Accounts.Cpf.Mask(await protector.DecryptAsync(user.Cpf, User.CpfColumn.At(user.Id), ct)),
            user.Locale,
            roles,
            user.CreatedAt
        );
    }
}
