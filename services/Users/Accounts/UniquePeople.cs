using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

/// <summary>What no two people share, decided by the database's unique indexes.</summary>
internal static class UniquePeople
{
    /// <summary>What stands before a CPF in its blind index.</summary>
    public const string IndexedCpf = "cpf:";

    /// <exception cref="ProblemException">422: the check digits are wrong.</exception>
    public static async Task SetCpfAsync(
        this User user,
        string? cpf,
        UsersDb db,
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
        user.Cpf = await protector.EncryptAsync(digits, User.CpfColumn.At(user.Id), ct);
        var indexes = await protector.BlindIndexesAsync(IndexedCpf + digits, ct);
        user.CpfIndex = indexes[0];
        if (indexes.Count == 1)
            return;
        // Somebody who has it under an older key: with that one's index the database refuses it here, too.
        var older = indexes.Skip(1).ToList();
        user.CpfIndex =
            await db
                .Users.Where(u => u.Id != user.Id && older.Contains(u.CpfIndex!))
                .Select(u => u.CpfIndex)
                .FirstOrDefaultAsync(ct)
            ?? indexes[0];
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
