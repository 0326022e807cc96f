using System.Security.Cryptography;
using System.Text.Json;
using Fido2NetLib;
using Fido2NetLib.Objects;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Ticketing.Users.Accounts;
using Ticketing.Users.OpenId;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.Factors;

/// <summary>What the page's script hands to the browser, and what comes back with its answer.</summary>
/// <param name="Options">WebAuthn's options as JSON.</param>
/// <param name="State">The same, encrypted; good for ten minutes and one answer.</param>
public sealed record PasskeyQuestion(string Options, string State);

/// <summary>WebAuthn: makes passkeys and signs in with them. The device always asks its owner (PIN, finger, face).</summary>
internal sealed class Passkeys(
    UsersDb db,
    Attempts attempts,
    IDataProtectionProvider protection,
    PublicOrigin origin,
    TimeProvider clock
)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly Fido2 fido2 = new(
        new Fido2Configuration
        {
            RPID = origin.Uri.Host,
            RPName = "Ticketing",
            Origins = new HashSet<string> { origin.BaseUrl },
        }
    );
    private readonly ITimeLimitedDataProtector states = protection
        .CreateProtector("passkey-questions")
        .ToTimeLimitedDataProtector();

    public Task<List<Passkey>> OfAsync(User user, CancellationToken ct) =>
        db.Passkeys.AsNoTracking().Where(p => p.UserId == user.Id).OrderBy(p => p.CreatedAt).ToListAsync(ct);

    public PasskeyQuestion AskToMake(User user, IEnumerable<Passkey> known)
    {
        var options = fido2.RequestNewCredential(
            new RequestNewCredentialParams
            {
                User = new Fido2User
                {
                    Id = user.Id.ToByteArray(),
                    Name = user.Email!,
                    DisplayName = user.Name,
                },
                ExcludeCredentials = [.. known.Select(p => new PublicKeyCredentialDescriptor(p.Id))],
                AuthenticatorSelection = new AuthenticatorSelection
                {
                    ResidentKey = ResidentKeyRequirement.Required,
                    UserVerification = UserVerificationRequirement.Required,
                },
                AttestationPreference = AttestationConveyancePreference.None,
            }
        );
        return Question(options.ToJson());
    }

    public PasskeyQuestion AskToSignIn(IEnumerable<Passkey> allowed)
    {
        var options = fido2.GetAssertionOptions(
            new GetAssertionOptionsParams
            {
                AllowedCredentials = [.. allowed.Select(p => new PublicKeyCredentialDescriptor(p.Id))],
                UserVerification = UserVerificationRequirement.Required,
            }
        );
        return Question(options.ToJson());
    }

    /// <summary>Null when the answer is not good.</summary>
    public async Task<Passkey?> MakeAsync(User user, string? state, string? answer, string device, CancellationToken ct)
    {
        try
        {
            var options = CredentialCreateOptions.FromJson(await OpenAsync(state, ct));
            if (!options.User.Id.AsSpan().SequenceEqual(user.Id.ToByteArray()))
                return null;
            var made = await fido2.MakeNewCredentialAsync(
                new MakeNewCredentialParams
                {
                    AttestationResponse = Read<AuthenticatorAttestationRawResponse>(answer),
                    OriginalOptions = options,
                    IsCredentialIdUniqueToUserCallback = async (p, token) =>
                        !await db.Passkeys.AnyAsync(k => k.Id == p.CredentialId, token),
                },
                ct
            );
            return new Passkey
            {
                Id = made.Id,
                UserId = user.Id,
                PublicKey = made.PublicKey,
                SignCount = made.SignCount,
                Name = device,
                CreatedAt = clock.NowAsStored(),
            };
        }
        catch (Exception e) when (IsBadAnswer(e))
        {
            return null;
        }
    }

    /// <summary>Whose passkey answered; null when the answer is not good.</summary>
    public async Task<User?> SignInAsync(string? state, string? answer, CancellationToken ct)
    {
        try
        {
            var options = AssertionOptions.FromJson(await OpenAsync(state, ct));
            var response = Read<AuthenticatorAssertionRawResponse>(answer);
            var id = response.RawId;
            if (await db.Passkeys.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct) is not { } passkey)
                return null;
            var result = await fido2.MakeAssertionAsync(
                new MakeAssertionParams
                {
                    AssertionResponse = response,
                    OriginalOptions = options,
                    StoredPublicKey = passkey.PublicKey,
                    StoredSignatureCounter = (uint)passkey.SignCount,
                    IsUserHandleOwnerOfCredentialIdCallback = (p, _) =>
                        Task.FromResult(p.UserHandle.AsSpan().SequenceEqual(passkey.UserId.ToByteArray())),
                },
                ct
            );
            await db
                .Passkeys.Where(p => p.Id == id)
                .ExecuteUpdateAsync(s => s.SetProperty(p => p.SignCount, (long)result.SignCount), ct);
            return await db.FindAsync(passkey.UserId, ct);
        }
        catch (Exception e) when (IsBadAnswer(e))
        {
            return null;
        }
    }

    private PasskeyQuestion Question(string options) => new(options, states.Protect(options, Patience));

    /// <summary>Once: an answer that was read on its way is of no use.</summary>
    private async Task<string> OpenAsync(string? state, CancellationToken ct)
    {
        var options = states.Unprotect(state ?? "");
        return await attempts.OnceAsync(Attempts.Key("passkey", options), Patience, ct)
            ? options
            : throw new CryptographicException("This question has been answered.");
    }

    private static T Read<T>(string? answer) =>
        JsonSerializer.Deserialize<T>(answer ?? "") ?? throw new JsonException("Nothing was answered.");

    private static bool IsBadAnswer(Exception e) =>
        e
            is Fido2VerificationException
                or JsonException
                or CryptographicException
                or FormatException
                or ArgumentException
                or InvalidOperationException
                or System.Formats.Cbor.CborContentException;
}
