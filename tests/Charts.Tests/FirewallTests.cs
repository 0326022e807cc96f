using System.Globalization;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>
/// The nginx Ingress before the Gateway. What its firewall lets pass and what not is for infra/checks/waf, with a real
/// nginx.
/// </summary>
public sealed partial class FirewallTests
{
    // An nginx directive's parameter, quotes and all.
    private const int ParameterBytes = 4096;

    // All annotations of an object.
    private const int AnnotationBytes = 256 * 1024;

    private static readonly string Gateway = Repository.PathOf("services", "Gateway");
    private static readonly string Rules = File.ReadAllText(Path.Combine(Repository.Chart, "firewall", "rules.conf"));

    [Fact]
    public async Task The_ingress_lets_through_what_the_gateway_does()
    {
        var seatMap = BytesOf(Path.Combine(Gateway, "Edge", "BodyLimits.cs"), "SeatMapBytes");
        var others = BytesOf(
            Repository.PathOf("services", "Shared", "ServiceDefaults", "ServiceDefaultsExtensions.cs"),
            "MaxBodyBytes"
        );
        var body = Parse((await AnnotationAsync("proxy-body-size")).TrimEnd('m')) * 1024 * 1024;
        Assert.True(body >= seatMap, $"{body} bytes at the ingress, {seatMap} at the Gateway");
        Assert.True(NumberOf("SecRequestBodyLimit ") > body, "what nginx lets pass is not read");
        Assert.True(NumberOf("SecRequestBodyNoFilesLimit ") > body);
        Assert.True(NumberOf("REQUEST_BODY_LENGTH \"@gt ") >= others);
    }

    [Fact]
    public async Task The_ingress_waits_as_long_as_the_gateway()
    {
        var gateway = Number()
            .Match(
                File.ReadAllText(Path.Combine(Gateway, "Routing", "ServiceRoutes.cs"))
                    .Split("AnswerLimit = TimeSpan.FromSeconds(")[1]
            );
        Assert.True(Parse(await AnnotationAsync("proxy-read-timeout")) > Parse(gateway.Value));
    }

    [Fact]
    public async Task Nginx_can_read_the_rules_in_the_quotes_that_the_controller_puts_them_in()
    {
        var snippet = await AnnotationAsync("modsecurity-snippet");
        Assert.All(
            snippet.Split("';\nmodsecurity_rules '"),
            part =>
            {
                Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(part), 1, ParameterBytes - 2);
                Assert.DoesNotMatch(UnescapedQuote(), part);
            }
        );
        Assert.InRange(snippet.Length, 1, AnnotationBytes / 2);
        // Nothing is lost on the way but comments and blank lines.
        Assert.Equal(
            Rules.Split('\n').Where(l => l.Length > 0 && l[0] != '#'),
            snippet
                .Split('\n')
                .Where(l => l.Length > 0 && l is not "';" and not "modsecurity_rules '")
                .Select(l => l.Replace("\\'", "'").Replace(@"\\", @"\"))
        );
    }

    [Fact]
    public async Task Without_the_firewall_the_ingress_brings_no_rules()
    {
        var manifests = await Helm.TemplateAsync("dev", "--set", "ingress.nginx.modSecurity=false");
        Assert.DoesNotContain("modsecurity", manifests);
        Assert.DoesNotContain("-snippet", manifests);
    }

    /// <summary>Fair shares are the Gateway's to give; the firewall of AWS is for floods.</summary>
    [Fact]
    public async Task In_AWS_nobody_is_a_flood_before_the_gateway_finds_it_too_much()
    {
        var installation = await ChartTests.OfAsync("production");
        var scaler = installation.All("HorizontalPodAutoscaler").Single(h => h.Name() == "gateway");
        var options = File.ReadAllText(Path.Combine(Gateway, "GatewayOptions.cs"));
        var client = LimitOf(options, "PerClientPerMinute") * scaler.Number("spec/maxReplicas");
        foreach (var environment in (string[])["dev", "staging", "prod"])
        {
            var main = File.ReadAllText(
                Repository.PathOf("infra", "terraform", "environments", environment, "main.tf")
            );
            Assert.True(Parse(Regex.Match(main, @"requests_per_minute += (\d+)").Groups[1].Value) >= client);
        }

        var firewall = Repository.PathOf("infra", "terraform", "modules", "firewall");
        var variables = File.ReadAllText(Path.Combine(firewall, "variables.tf"));
        var logins = Regex.Match(variables, @"""logins_per_five_minutes"" \{[^}]*default += (\d+)");
        Assert.True(
            Parse(logins.Groups[1].Value) >= 5 * LimitOf(options, "LoginsPerMinute") * scaler.Number("spec/minReplicas")
        );
        var list = Regex.Match(
            File.ReadAllText(Path.Combine(Gateway, "Edge", "RateLimits.cs")),
            @"Logins =\s*\[(.*?)\];",
            RegexOptions.Singleline
        );
        var paths = Regex.Matches(list.Groups[1].Value, @"""([^""]+)""");
        Assert.NotEmpty(paths);
        var rules = File.ReadAllText(Path.Combine(firewall, "main.tf"));
        var counted = new Regex(Regex.Match(rules, @"regex_string = ""([^""]+)""").Groups[1].Value);
        Assert.All(paths, p => Assert.Matches(counted, $"/{p.Groups[1].Value}"));
        Assert.All(paths, p => Assert.Matches(counted, $"/{p.Groups[1].Value}/"));
        Assert.DoesNotMatch(counted, "/api/v1/users/1");
    }

    private static int LimitOf(string options, string name) =>
        Parse(Regex.Match(options, $@"int {name} .* = (\d+);").Groups[1].Value);

    private static async Task<string> AnnotationAsync(string name) =>
        (await ChartTests.OfAsync("dev")).The("Ingress", "gateway").Annotation($"nginx.ingress.kubernetes.io/{name}");

    private static int BytesOf(string file, string constant)
    {
        var product = Regex.Match(File.ReadAllText(file), $@"const long {constant} = ([\d *]+);");
        Assert.True(product.Success, $"{file} has no {constant}");
        return product.Groups[1].Value.Split('*').Select(Parse).Aggregate((a, b) => a * b);
    }

    private static int Parse(string number) => int.Parse(number, CultureInfo.InvariantCulture);

    private static int NumberOf(string before) => Parse(Number().Match(Rules.Split(before)[1]).Value);

    [GeneratedRegex(@"^\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"(?<!\\)(?:\\\\)*'")]
    private static partial Regex UnescapedQuote();
}
