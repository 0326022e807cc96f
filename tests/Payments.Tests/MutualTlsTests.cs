using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>
/// Of its own: its bank is reached by TLS and asks for a client certificate. The bank's authority is one of the user's own
/// for as long as the test runs; its key is nowhere.
/// </summary>
public sealed class CarefulBank : PaymentsApp
{
    private readonly X509Certificate2 authority;
    private Wire? bank;

    public CarefulBank()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Bank authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority = request.CreateSelfSigned(Now.AddHours(-1), Now.AddHours(1));
        Trust(store => store.Add(X509CertificateLoader.LoadCertificate(authority.RawData)));
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public Wire TlsWire => bank!;

    protected override IReadOnlyList<string> MoreSettings =>
        [
            $"Payments:PixApi:BaseUrl={bank!.Url}/api-pix",
            $"Payments:PixApi:OAuthUrl={bank.Url}/api-pix/oauth/token",
            "Payments:PixApi:ClientCertificate=true",
            "Metrics:SampleSeconds=0.1",
        ];

    public override async ValueTask InitializeAsync()
    {
        using var server = Issue("CN=127.0.0.1", san => san.AddIpAddress(IPAddress.Loopback));
        // As the bank's portal gives it: certificate, key and chain in one file.
        using var client = Issue("CN=Ticketing", _ => { });
        System.Secrets[SecretNames.PixClientCertificate] = string.Join(
            '\n',
            client.ExportCertificatePem(),
            client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(),
            authority.ExportCertificatePem()
        );
        bank = await Wire.StartAsync(X509CertificateLoader.LoadPkcs12(server.Export(X509ContentType.Pfx), null));
        await base.InitializeAsync();
    }

    protected override void Connect() => bank!.Target = new Uri(ProviderWire.Url);

    private X509Certificate2 Issue(string subject, Action<SubjectAlternativeNameBuilder> names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var san = new SubjectAlternativeNameBuilder();
        san.AddDnsName("ticketing.example");
        names(san);
        request.CertificateExtensions.Add(san.Build());
        using var issued = request.Create(
            authority,
            Now.AddMinutes(-30),
            Now.AddMinutes(30),
            RandomNumberGenerator.GetBytes(16)
        );
        return issued.CopyWithPrivateKey(key);
    }

    private static void Trust(Action<X509Store> change)
    {
        using var store = new X509Store(StoreName.Root, StoreLocation.CurrentUser, OpenFlags.ReadWrite);
        change(store);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (bank is not null)
            await bank.DisposeAsync();
        Trust(store => store.Remove(authority));
        authority.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class MutualTlsTests(CarefulBank app) : IClassFixture<CarefulBank>
{
    [Fact]
    public async Task The_bank_knows_us_by_our_certificate()
    {
        var payment = await app.CreateAsync(PaymentsApp.Pix(Guid.CreateVersion7()));

        Assert.Contains(app.TlsWire.Seen, e => e.Concerns(payment.Pix!.TxId));
        Assert.All(app.TlsWire.Clients, subject => Assert.Equal("CN=Ticketing", subject));
        Assert.NotEmpty(app.TlsWire.Clients);
    }

    [Fact]
    public async Task When_our_certificate_ends_is_told()
    {
        await app.CreateAsync(PaymentsApp.Pix(Guid.CreateVersion7()));

        var end = (await app.System.ScrapeAsync(AppIds.Payments)).Sum("ticketing_payments_certificate_end_seconds");

        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        Assert.InRange(end - now, 1, 1800);
    }
}
