using System.Text;
using MailKit.Net.Smtp;
using MailKit.Security;
using Ticketing.EmbeddedDapr.Components;

namespace Ticketing.EmbeddedDapr.Bindings;

/// <summary>Dapr's <c>bindings.smtp</c>: one connection a mail.</summary>
internal sealed class SmtpBinding(Component component, TimeProvider clock) : OutputBinding
{
    private const int SubmissionOverTls = 465;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly string _host = component.Required("host");
    private readonly int _port = component.Number("port", SubmissionOverTls);

    public override async Task<BindingResult> InvokeAsync(
        string operation,
        ReadOnlyMemory<byte> data,
        IReadOnlyDictionary<string, string> metadata,
        CancellationToken ct
    )
    {
        if (operation != "create")
        {
            throw Unsupported(operation);
        }
        // As Dapr's: what is not quoted is taken as it is.
        var body = Encoding.UTF8.GetString(data.Span);
        using var message = MailComposer.Compose(
            component,
            GoString.TryUnquote(body, out var html) ? html : body,
            metadata,
            clock
        );
        using var client = new SmtpClient { Timeout = (int)Limit.TotalMilliseconds };
        if (component.Flag("skipTLSVerify"))
        {
            // The component says so: a mail catcher with a certificate of its own.
#pragma warning disable CA5359
            client.ServerCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        try
        {
            var tls =
                _port == SubmissionOverTls
                    ? SecureSocketOptions.SslOnConnect
                    : SecureSocketOptions.StartTlsWhenAvailable;
            await client.ConnectAsync(_host, _port, tls, ct);
            if (component.Text("user") is { Length: > 0 } user)
            {
                await client.AuthenticateAsync(user, component.Text("password") ?? "", ct);
            }
            await client.SendAsync(message, ct);
            await client.DisconnectAsync(quit: true, ct);
        }
        catch (Exception e)
            when (e
                    is IOException
                        or System.Net.Sockets.SocketException
                        or AuthenticationException
                        or MailKit.CommandException
                        or MailKit.ProtocolException
                        or SslHandshakeException
            )
        {
            throw new BindingException($"the mail server did not take the mail: {e.Message}");
        }
        return BindingResult.Empty;
    }
}
