using Ticketing.Local.Hosting;
using Ticketing.ServiceDefaults;

namespace Ticketing.System.Tests;

/// <summary>What is wrong with a service's configuration is said in one sentence, and it does not start.</summary>
[Collection(nameof(ConfigurationTests))]
public sealed class ConfigurationTests
{
    public static TheoryData<string, bool, string[], string> Wrong()
    {
        var cases = new TheoryData<string, bool, string[], string>();
        foreach (var service in ServiceCatalog.All)
        {
            // Without a provider it says no already.
            var own = service.AppId == "payments" ? Cards : [];
            if (service.HasDatabase)
            {
                cases.Add(service.AppId, true, [], "ConnectionStrings__Database is not set.");
                cases.Add(service.AppId, false, [.. own], "ConnectionStrings__Database is not set.");
                cases.Add(service.AppId, true, ["--ConnectionStrings:Database=x"], "is no connection string");
            }
            cases.Add(service.AppId, false, [Database, .. own, "--Drain:Seconds=soon"], "Drain:Seconds");
            cases.Add(service.AppId, false, [Database, .. own, "--Public:BaseUrl=here"], "Public:BaseUrl must be");
            cases.Add(service.AppId, false, [Database, .. own, "--Auth:Authority=here"], "Auth:Authority must be");
        }
        cases.Add("gateway", false, ["--Gateway:TrustedProxies:0=everybody"], "Gateway:TrustedProxies must be");
        cases.Add("gateway", false, ["--Gateway:RateLimits:PerClientPerMinute=many"], "PerClientPerMinute");
        cases.Add("gateway", false, ["--Gateway:DevPages=true"], "Gateway:DevPages is for development alone.");
        cases.Add("users", false, [Database, "--Users:Provider=Nobody"], "Users:Provider");
        cases.Add("users", false, [Database, "--Users:MachineSecret=short"], "MachineSecret");
        cases.Add("notifications", false, [Database, "--Notifications:From=nobody"], "Notifications:From must be");
        cases.Add("payments", false, [Database], "Nobody could pay");
        cases.Add("payments", false, [Database, .. Cards, "--Payments:Stripe:BaseUrl=cards"], "Stripe:BaseUrl must be");
        cases.Add(
            "payments",
            false,
            [Database, .. Cards, "--Payments:Stripe:Currencies=reais"],
            "Stripe:Currencies must"
        );
        cases.Add("payments", false, [Database, .. Bank, "--Payments:PixApi:BaseUrl=bank"], "PixApi:BaseUrl must be");
        cases.Add("payments", false, [Database, .. Bank, "--Payments:PixApi:Receiver="], "PixApi:Receiver is missing");
        cases.Add("payments", false, [Database, .. Bank, "--Payments:PixApi:ClientId="], "PixApi:ClientId is missing");
        cases.Add("sandbox", false, [Database, "--Sandbox:MerchantName="], "MerchantName");
        cases.Add("sandbox", false, [Database, "--Sandbox:WebhookUrl=there"], "WebhookUrl");
        return cases;
    }

    private static readonly string[] Cards = ["--Payments:Stripe:BaseUrl=https://cards.example"];

    private static readonly string[] Bank =
    [
        "--Payments:PixApi:BaseUrl=https://pix.bank.example/v2",
        "--Payments:PixApi:OAuthUrl=https://pix.bank.example/oauth/token",
        "--Payments:PixApi:ClientId=shop",
        "--Payments:PixApi:Receiver=shop@bank.example",
    ];

    private const string Database = "--ConnectionStrings:Database=Host=127.0.0.1;Port=9";

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_service_says_in_a_sentence_what_it_cannot_use(
        string appId,
        bool migrate,
        string[] settings,
        string says
    )
    {
        var before = Console.Error;
        await using var error = new StringWriter();
        Console.SetError(error);
        int code;
        try
        {
            code = await ServiceHost.RunAsync(
                [
                    .. migrate ? (string[])["migrate"] : [],
                    "--environment=Production",
                    "--urls=http://127.0.0.1:0",
                    .. settings,
                ],
                ServiceCatalog.Find(appId).Build
            );
        }
        finally
        {
            Console.SetError(before);
        }
        Assert.Equal(1, code);
        Assert.Contains(says, $"{error}");
        Assert.Single($"{error}".TrimEnd().Split('\n'));
    }
}

/// <summary>The standard error is the whole process's.</summary>
[CollectionDefinition(nameof(ConfigurationTests), DisableParallelization = true)]
public sealed class ConfigurationAlone;
