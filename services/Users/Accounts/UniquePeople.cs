using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

/// <summary>What no two people share, decided by the database's unique indexes.</summary>
internal static class UniquePeople
{
    /// <exception cref="ProblemException">422: the check digits are wrong.</exception>
    public static async Task SetCpfAsync(
        this User user,
        string? cpf,
        PersonalDataProtector protector,
        CancellationToken ct
    )
    {
        if (cpf is null)
        {
            (user.Cpf, user.CpfIndex) = (null, null);
            return;
        }
        if (!Cpf.TryParse(cpf, out var digits))
            throw ProblemException.Invalid("cpf", "This is not a valid CPF.");
        user.Cpf = await protector.EncryptAsync(digits, ct);
        user.CpfIndex = await protector.BlindIndexAsync($"cpf:{digits}", ct);
    }

    /// <summary>Saves a new or changed person.</summary>
    /// <exception cref="ProblemException">409 <c>email-taken</c> or <c>cpf-taken</c>.</exception>
    public static async Task SavePersonAsync(this UsersDb db, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation(User.EmailIndex))
        {
            throw ProblemException.Conflict("email-taken", "There is an account with this e-mail address already.");
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation(User.CpfUniqueIndex))
        {
            throw ProblemException.Conflict("cpf-taken", "There is an account with this CPF already.");
        }
    }
}
