using Ticketing.Users.Accounts;

namespace Ticketing.Users.Mails;

/// <summary>
/// The mails' words. None of them comes from whoever caused the mail, who may be a stranger. Public because Razor
/// components are.
/// </summary>
/// <param name="Path">Where the link goes; null without one.</param>
public sealed record MailText(
    string Language,
    string Subject,
    string Lead,
    string After,
    string? Path = null,
    string? Action = null,
    bool HasCode = false
)
{
    private const string Confirm = AccountPages.ConfirmPath;
    private const string Reset = AccountPages.ResetPath;

    public string CodeLabel => Language == Locales.English ? "Or type this code:" : "Ou digite este código:";

    public string Footer =>
        Language == Locales.English
            ? "You get this mail because somebody gave this address at Ticketing. We never ask for passwords or codes."
            : "Você recebeu este e-mail porque alguém informou este endereço na Ticketing. Nunca pedimos senhas nem códigos.";

    internal string Plain(string? link, string? code) =>
        string.Join(
            "\n\n",
            new[] { Lead, link, code is null ? null : $"{CodeLabel} {code}", After, Footer }.Where(t => t is not null)
        );

    internal static MailText Of(MailKind kind, string locale, string device) =>
        locale == Locales.English ? English(kind, device) : Portuguese(kind, device);

    private static MailText Portuguese(MailKind kind, string device) =>
        kind switch
        {
            MailKind.Welcome => new(
                Locales.Default,
                "Confirme seu e-mail",
                "Sua conta na Ticketing foi criada. Confirme que este endereço é seu para receber ingressos e convites.",
                "O link e o código valem por 24 horas e uma vez. Se não foi você, ignore este e-mail.",
                Confirm,
                "Confirmar e-mail",
                true
            ),
            MailKind.WelcomeWithoutCpf => new(
                Locales.Default,
                "Confirme seu e-mail",
                "Sua conta na Ticketing foi criada, mas sem o CPF informado: ele já pertence a outra conta. Confirme que este endereço é seu para receber ingressos e convites.",
                "O link e o código valem por 24 horas e uma vez. Se não foi você, ignore este e-mail.",
                Confirm,
                "Confirmar e-mail",
                true
            ),
            MailKind.AddressKnown => new(
                Locales.Default,
                "Você já tem uma conta",
                "Alguém quis usar este endereço em uma conta da Ticketing, mas ele já tem uma. Se foi você, entre com sua senha, ou escolha uma nova:",
                "O link vale por 24 horas e uma vez. Se não foi você, não precisa fazer nada.",
                Reset,
                "Escolher nova senha"
            ),
            MailKind.PasswordReset => new(
                Locales.Default,
                "Escolha uma nova senha",
                "Recebemos um pedido para trocar a senha da sua conta na Ticketing.",
                "O link vale por 1 hora e uma vez; depois, todos os acessos precisam entrar de novo. Se não foi você, ignore este e-mail: sua senha continua a mesma.",
                Reset,
                "Escolher nova senha"
            ),
            MailKind.AddressNew => new(
                Locales.Default,
                "Confirme seu novo e-mail",
                "Uma conta na Ticketing quer passar a usar este endereço. Só muda depois que você confirmar.",
                "O link e o código valem por 1 hora e uma vez. Se não foi você, ignore este e-mail.",
                Confirm,
                "Confirmar e-mail",
                true
            ),
            MailKind.AddressAsked => new(
                Locales.Default,
                "Pedido de troca de e-mail",
                "Alguém pediu para trocar o e-mail da sua conta na Ticketing. A troca só vale depois de confirmada no novo endereço.",
                "Se não foi você, troque sua senha agora: isso cancela o pedido e encerra todos os acessos."
            ),
            MailKind.AddressChanged => new(
                Locales.Default,
                "Seu e-mail foi trocado",
                "A sua conta na Ticketing passou a usar outro e-mail. Este endereço não entra mais nela.",
                "Se não foi você, fale conosco imediatamente."
            ),
            MailKind.PasswordChanged => new(
                Locales.Default,
                "Sua senha foi trocada",
                "A senha da sua conta na Ticketing foi trocada e todos os acessos foram encerrados.",
                "Se não foi você, peça uma nova senha na página de entrada."
            ),
            MailKind.NewDevice => new(
                Locales.Default,
                "Novo acesso à sua conta",
                $"Sua conta na Ticketing foi acessada por um dispositivo novo{(device.Length == 0 ? "" : $" ({device})")}.",
                "Se foi você, está tudo certo. Se não foi, troque sua senha agora: isso encerra todos os acessos."
            ),
            MailKind.SecondFactor => new(
                Locales.Default,
                "A segurança da sua conta mudou",
                "Um fator de acesso da sua conta na Ticketing (aplicativo de códigos, chave de acesso ou códigos de recuperação) foi criado ou removido.",
                "Se não foi você, troque sua senha agora: isso encerra todos os acessos."
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

    private static MailText English(MailKind kind, string device) =>
        kind switch
        {
            MailKind.Welcome => new(
                Locales.English,
                "Confirm your e-mail address",
                "Your account at Ticketing has been created. Confirm that this address is yours to receive tickets and invitations.",
                "Link and code work for 24 hours and once. If it was not you, ignore this mail.",
                Confirm,
                "Confirm address",
                true
            ),
            MailKind.WelcomeWithoutCpf => new(
                Locales.English,
                "Confirm your e-mail address",
                "Your account at Ticketing has been created, but without the CPF that you gave: it belongs to another account. Confirm that this address is yours to receive tickets and invitations.",
                "Link and code work for 24 hours and once. If it was not you, ignore this mail.",
                Confirm,
                "Confirm address",
                true
            ),
            MailKind.AddressKnown => new(
                Locales.English,
                "You have an account already",
                "Somebody wanted to use this address for an account at Ticketing, but it has one. If it was you, sign in with your password, or choose a new one:",
                "The link works for 24 hours and once. If it was not you, there is nothing to do.",
                Reset,
                "Choose a new password"
            ),
            MailKind.PasswordReset => new(
                Locales.English,
                "Choose a new password",
                "Somebody asked for a new password of your account at Ticketing.",
                "The link works for 1 hour and once; then everybody has to sign in again. If it was not you, ignore this mail: your password stays as it is.",
                Reset,
                "Choose a new password"
            ),
            MailKind.AddressNew => new(
                Locales.English,
                "Confirm your new e-mail address",
                "An account at Ticketing shall use this address from now on. Nothing changes before you confirm it.",
                "Link and code work for 1 hour and once. If it was not you, ignore this mail.",
                Confirm,
                "Confirm address",
                true
            ),
            MailKind.AddressAsked => new(
                Locales.English,
                "A new e-mail address was asked for",
                "Somebody asked for another e-mail address of your account at Ticketing. It holds once the new address is confirmed.",
                "If it was not you, change your password now: that takes the request back and ends all sign-ins."
            ),
            MailKind.AddressChanged => new(
                Locales.English,
                "Your e-mail address was changed",
                "Your account at Ticketing has another e-mail address now. This one no longer signs in to it.",
                "If it was not you, talk to us at once."
            ),
            MailKind.PasswordChanged => new(
                Locales.English,
                "Your password was changed",
                "The password of your account at Ticketing was changed, and all sign-ins were ended.",
                "If it was not you, ask for a new password at the sign-in page."
            ),
            MailKind.NewDevice => new(
                Locales.English,
                "A new sign-in to your account",
                $"Your account at Ticketing was signed in to from a new device{(device.Length == 0 ? "" : $" ({device})")}.",
                "If it was you, all is well. If not, change your password now: that ends all sign-ins."
            ),
            MailKind.SecondFactor => new(
                Locales.English,
                "The security of your account has changed",
                "A way to prove who you are at Ticketing (authenticator, passkey or recovery codes) was added or removed.",
                "If it was not you, change your password now: that ends all sign-ins."
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
}
