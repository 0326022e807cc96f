using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.SignIn;

/// <summary>The pages' words. Public because Razor components are.</summary>
public sealed record PageText
{
    private static readonly PageText Portuguese = new()
    {
        Language = Locales.Default,
        SignIn = "Entrar",
        Email = "E-mail",
        Password = "Senha",
        Wrong = "E-mail ou senha incorretos.",
        Wait = "Muitas tentativas. Aguarde alguns minutos e tente de novo.",
        Expired = "A página expirou. Tente de novo.",
        SignOut = "Sair",
        SignOutQuestion = "Quer mesmo sair da sua conta?",
        Register = "Criar conta",
        Forgot = "Esqueci minha senha",
        ForgotLead =
            "Informe seu e-mail. Se houver uma conta com ele, enviaremos um link para escolher uma nova senha.",
        ForgotSent = "Se houver uma conta com esse e-mail, o link está a caminho. Confira também a caixa de spam.",
        Send = "Enviar",
        NewPassword = "Escolha uma nova senha",
        NewPasswordHint = "De 10 a 128 caracteres. Uma frase é fácil de lembrar e difícil de adivinhar.",
        NewPasswordRefused = "Esta senha não serve: use de 10 a 128 caracteres e nada que seja fácil de adivinhar.",
        PasswordDone = "Senha trocada",
        PasswordDoneLead = "Todos os acessos foram encerrados. Entre de novo com a nova senha.",
        Save = "Salvar",
        ConfirmAddress = "Confirmar e-mail",
        ConfirmLead = "Confirme que este endereço é seu.",
        Confirm = "Confirmar",
        ConfirmDone = "E-mail confirmado. Você já pode fechar esta página.",
        LinkOver = "Este link já foi usado ou não vale mais. Peça outro.",
        AddressTaken = "Outra conta já usa este endereço.",
        WithPasskey = "Entrar com chave de acesso",
        PasskeyLead = "Use a impressão digital, o rosto ou o PIN deste dispositivo, ou uma chave de segurança.",
        PasskeyFailed = "Não foi possível usar a chave de acesso.",
        SecondStep = "Confirme que é você",
        Code = "Código do aplicativo ou de recuperação",
        CodeWrong = "Código incorreto ou já usado.",
        Security = "Segurança da conta",
        SecurityNeeded =
            "Sua conta administra a plataforma: crie uma chave de acesso ou use um aplicativo de códigos para continuar.",
        Continue = "Continuar",
        App = "Aplicativo de códigos",
        AppOn = "Um aplicativo está ativo.",
        AppAdd = "Adicionar aplicativo",
        AppLead = "Leia o código com o aplicativo, ou digite a chave nele. Depois digite aqui o código que ele mostra.",
        AppCode = "Código do aplicativo",
        AppKey = "Chave",
        PasskeyTitle = "Chaves de acesso",
        PasskeyAdd = "Criar chave de acesso",
        Remove = "Remover",
        Recovery = "Códigos de recuperação",
        RecoveryLeft = "Códigos que restam:",
        RecoveryRenew = "Gerar novos códigos",
        RecoveryLead =
            "Guarde estes códigos em lugar seguro. Cada um entra uma vez no lugar do aplicativo ou da chave. Não serão mostrados de novo.",
        SessionsTitle = "Onde você entrou",
        ThisSession = "este acesso",
        UnknownDevice = "Dispositivo desconhecido",
        End = "Encerrar",
        EndAll = "Encerrar todos",
    };

    private static readonly PageText English = new()
    {
        Language = Locales.English,
        SignIn = "Sign in",
        Email = "E-mail",
        Password = "Password",
        Wrong = "The e-mail address or the password is wrong.",
        Wait = "Too many attempts. Wait a few minutes and try again.",
        Expired = "The page has expired. Try again.",
        SignOut = "Sign out",
        SignOutQuestion = "Do you want to sign out of your account?",
        Register = "Create an account",
        Forgot = "I forgot my password",
        ForgotLead = "Type your e-mail address. If it has an account, we will send it a link to choose a new password.",
        ForgotSent =
            "If there is an account with this address, the link is on its way. Look into the spam folder, too.",
        Send = "Send",
        NewPassword = "Choose a new password",
        NewPasswordHint = "10 to 128 characters. A sentence is easy to remember and hard to guess.",
        NewPasswordRefused =
            "This password is not acceptable: take 10 to 128 characters and nothing that is easily guessed.",
        PasswordDone = "Password changed",
        PasswordDoneLead = "All sign-ins were ended. Sign in again with the new password.",
        Save = "Save",
        ConfirmAddress = "Confirm your e-mail address",
        ConfirmLead = "Confirm that this address is yours.",
        Confirm = "Confirm",
        ConfirmDone = "Address confirmed. You can close this page.",
        LinkOver = "This link has been used or is too old. Ask for another one.",
        AddressTaken = "Another account uses this address by now.",
        WithPasskey = "Sign in with a passkey",
        PasskeyLead = "Use fingerprint, face or PIN of this device, or a security key.",
        PasskeyFailed = "The passkey could not be used.",
        SecondStep = "Confirm that it is you",
        Code = "Code of your app, or a recovery code",
        CodeWrong = "The code is wrong or has been used.",
        Security = "Account security",
        SecurityNeeded = "Your account administers the platform: make a passkey or use an authenticator app to go on.",
        Continue = "Continue",
        App = "Authenticator app",
        AppOn = "An app is active.",
        AppAdd = "Add an app",
        AppLead = "Scan this with the app, or type the key into it. Then type the code that it shows here.",
        AppCode = "Code of the app",
        AppKey = "Key",
        PasskeyTitle = "Passkeys",
        PasskeyAdd = "Make a passkey",
        Remove = "Remove",
        Recovery = "Recovery codes",
        RecoveryLeft = "Codes left:",
        RecoveryRenew = "Make new codes",
        RecoveryLead =
            "Keep these codes in a safe place. Each works once in place of app or passkey. They are not shown again.",
        SessionsTitle = "Where you are signed in",
        ThisSession = "this one",
        UnknownDevice = "Unknown device",
        End = "End",
        EndAll = "End all",
    };

    public required string Language { get; init; }
    public required string SignIn { get; init; }
    public required string Email { get; init; }
    public required string Password { get; init; }
    public required string Wrong { get; init; }
    public required string Wait { get; init; }
    public required string Expired { get; init; }
    public required string SignOut { get; init; }
    public required string SignOutQuestion { get; init; }
    public required string Register { get; init; }
    public required string Forgot { get; init; }
    public required string ForgotLead { get; init; }
    public required string ForgotSent { get; init; }
    public required string Send { get; init; }
    public required string NewPassword { get; init; }
    public required string NewPasswordHint { get; init; }
    public required string NewPasswordRefused { get; init; }
    public required string PasswordDone { get; init; }
    public required string PasswordDoneLead { get; init; }
    public required string Save { get; init; }
    public required string ConfirmAddress { get; init; }
    public required string ConfirmLead { get; init; }
    public required string Confirm { get; init; }
    public required string ConfirmDone { get; init; }
    public required string LinkOver { get; init; }
    public required string AddressTaken { get; init; }
    public required string WithPasskey { get; init; }
    public required string PasskeyLead { get; init; }
    public required string PasskeyFailed { get; init; }
    public required string SecondStep { get; init; }
    public required string Code { get; init; }
    public required string CodeWrong { get; init; }
    public required string Security { get; init; }
    public required string SecurityNeeded { get; init; }
    public required string Continue { get; init; }
    public required string App { get; init; }
    public required string AppOn { get; init; }
    public required string AppAdd { get; init; }
    public required string AppLead { get; init; }
    public required string AppCode { get; init; }
    public required string AppKey { get; init; }
    public required string PasskeyTitle { get; init; }
    public required string PasskeyAdd { get; init; }
    public required string Remove { get; init; }
    public required string Recovery { get; init; }
    public required string RecoveryLeft { get; init; }
    public required string RecoveryRenew { get; init; }
    public required string RecoveryLead { get; init; }
    public required string SessionsTitle { get; init; }
    public required string ThisSession { get; init; }
    public required string UnknownDevice { get; init; }
    public required string End { get; init; }
    public required string EndAll { get; init; }

    /// <summary>What the client asked for (<c>ui_locales</c>), else what was chosen on the pages, else the browser's first language that is written here.</summary>
    internal static PageText For(HttpContext http, string returnUrl)
    {
        var query = returnUrl.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at
            ? QueryHelpers.ParseQuery(returnUrl[at..])
            : [];
        var asked = query.TryGetValue("ui_locales", out var locales) ? locales.ToString().Split(' ') : [];
        var accepted = StringWithQualityHeaderValue.TryParseList(http.Request.Headers.AcceptLanguage, out var languages)
            ? languages.OrderByDescending(l => l.Quality ?? 1).Select(l => l.Value.ToString())
            : [];
        foreach (var language in asked.Append(http.Request.Cookies[Contracts.Locales.Cookie] ?? "").Concat(accepted))
        {
            if (language.StartsWith("pt", StringComparison.OrdinalIgnoreCase))
                return Portuguese;
            if (language.StartsWith("en", StringComparison.OrdinalIgnoreCase))
                return English;
        }
        return Portuguese;
    }
}
