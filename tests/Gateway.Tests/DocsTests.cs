using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ticketing.Contracts;
using Ticketing.Gateway.Docs;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Gateway.Tests;

public sealed partial class DocsTests
{
    private static Task<TestSystem> StartAsync(bool sandbox = true) =>
        new TestSystem()
            .Service(
                AppIds.Gateway,
                GatewayService.Build,
                "Public:BaseUrl=https://ticketing.localhost",
                $"Gateway:Sandbox={sandbox.ToString().ToLowerInvariant()}"
            )
            .StartAsync();

    /// <summary>Of the services' sources: what a problem is made with.</summary>
    private static IEnumerable<string> CodesOfTheServices() =>
        Directory
            .EnumerateFiles(Path.Combine(TestSystem.RepositoryRoot, "services"), "*.*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".sql", StringComparison.Ordinal))
            .Where(f => !Elsewhere().IsMatch(f))
            .SelectMany(f => Code().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups.Values.Skip(1).First(g => g.Success).Value)
            .Distinct()
            .Order(StringComparer.Ordinal);

    /// <summary>What answers nobody's request.</summary>
    [GeneratedRegex("/(Migrations|EmbeddedDapr|Local|LocalPostgres|OpenApiMerge|Gateway/Docs)/")]
    private static partial Regex Elsewhere();

    [GeneratedRegex(
        """
            (?x) (?:\b[45]\d\d|StatusCodes\.Status[45]\d\d\w+), \s* "([a-z]+(?:-[a-z]+)*)"
            | (?:Conflict|PeerRefused|Refused) \( \s* "([a-z]+(?:-[a-z]+)*)"
            | TypePrefix \s* \+ \s* "([a-z]+(?:-[a-z]+)*)"
            | \b[45]\d\d \s => \s "([a-z]+(?:-[a-z]+)*)"
            | "([a-z]+(?:-[a-z]+)*)" \s => \s \([45]\d\d,
            | RETURN \s '([a-z]+(?:-[a-z]+)+)'
            """
    )]
    private static partial Regex Code();

    /// <summary>Answered by what stands before the services, or for what has no code of its own.</summary>
    private static readonly string[] NotInTheServices = ["error", "refused"];

    [Fact]
    public void Every_problem_that_a_service_may_answer_is_known()
    {
        var known = KnownProblems.All.Select(p => p.Code).ToList();
        Assert.Equal(known.Count, known.Distinct().Count());
        var answered = CodesOfTheServices().Concat(NotInTheServices).Distinct().ToList();
        Assert.True(answered.Count > 60);
        Assert.Equal("", string.Join(", ", answered.Except(known)));
        Assert.Equal("", string.Join(", ", known.Except(answered)));
    }

    [Fact]
    public async Task The_type_of_a_problem_leads_to_its_section()
    {
        await using var system = await StartAsync();
        using var http = system.Client(AppIds.Gateway);
        var asked = new Uri(http.BaseAddress!, "/api/v1/no/such/path");
        using var refused = await http.GetAsync(asked);
        var type = $"{JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["type"]}";
        var target = new Uri(asked, type);
        Assert.Equal("#not-found", target.Fragment);
        var page = await http.GetStringAsync(target);
        Assert.All(KnownProblems.All, p => Assert.Contains($"<section id=\"{p.Code}\">", page));
        Assert.Equal(Problems.DocsPath, target.AbsolutePath);
    }

    [Theory]
    [InlineData("/docs", "Getting started")]
    [InlineData("/docs/", "Getting started")]
    [InlineData("/docs/authentication", "PKCE")]
    [InlineData("/docs/errors", "problem+json")]
    [InlineData("/docs/webhooks", "HMAC-SHA256")]
    [InlineData("/docs/sandbox", "tok_approve")]
    [InlineData("/docs/reference", "openapi/v1.json")]
    [InlineData("/docs/reference/PlaceOrder", "/api/v1/orders")]
    [InlineData("/docs/sandbox/reference", "openapi/sandbox.json")]
    public async Task A_page_opens_and_loads_nothing_from_elsewhere(string path, string says)
    {
        await using var system = await StartAsync();
        using var http = system.Client(AppIds.Gateway);
        using var answer = await http.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains(says, html);
        Assert.DoesNotMatch("(src|<link[^>]* href)=\"https?:", html);
        Assert.DoesNotContain("{{", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain(" style=", html);
        var policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain("unsafe", policy);
        var sheet = SHA256.HashData(Encoding.UTF8.GetBytes(Sheet().Match(html).Groups[1].Value));
        Assert.Contains($"style-src 'sha256-{Convert.ToBase64String(sheet)}'", policy);
    }

    /// <summary>
    /// Each operation has its page, which names all that the document says of it, no longer than other pages; every link and
    /// every shape on it is there.
    /// </summary>
    [Theory]
    [InlineData("/docs/reference", "/openapi/v1.json", 100)]
    [InlineData("/docs/sandbox/reference", "/openapi/sandbox.json", 3)]
    public async Task The_reference_tells_every_operation(string path, string file, int atLeast)
    {
        await using var system = await StartAsync();
        using var http = system.Client(AppIds.Gateway);
        var document = JsonNode.Parse(await http.GetStringAsync(file))!;
        var list = await http.GetStringAsync(path);
        var known = new HashSet<string>();
        var operations = document["paths"]!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject(), (p, o) => (Path: p.Key, Method: o.Key, Operation: o.Value!))
            .ToList();
        Assert.True(operations.Count >= atLeast);
        foreach (var (route, method, operation) in operations)
        {
            var own = $"{path}/{operation["operationId"]}";
            Assert.Contains($"<a href=\"{own}\">", list);
            var html = await http.GetStringAsync(own);
            Assert.InRange(html.Length, 1, 50_000);
            var text = WebUtility.HtmlDecode(Tag().Replace(html, ""));
            Assert.Contains($"{method.ToUpperInvariant()} {route}", text);
            foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
                Assert.Contains($"{parameter!["name"]} {parameter["in"]}, ", text);
            foreach (var (status, answer) in operation["responses"]!.AsObject())
            {
                Assert.Contains($"<dt><code>{status}</code>", html);
                Assert.Contains($"{answer!["description"]}".Replace("`", ""), text);
            }
            Assert.Equal(operation["requestBody"] is not null, html.Contains("<h2>Body</h2>"));
            Assert.DoesNotContain("components/schemas", html);
            foreach (var link in Link().Matches(html).Select(m => m.Groups[1].Value).Where(l => known.Add(own + l)))
            {
                var target = link.Split('#');
                if (target[0].Length > 0 && !known.Add(link))
                    continue;
                var page = target[0].Length == 0 ? html : await http.GetStringAsync(target[0]);
                if (target.Length > 1)
                    Assert.Contains($"id=\"{target[1]}\"", page);
            }
        }
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"{path}/{new string('x', 300)}")).StatusCode);
    }

    [Fact]
    public async Task Without_a_sandbox_there_is_no_word_of_it()
    {
        await using var system = await StartAsync(sandbox: false);
        using var http = system.Client(AppIds.Gateway);
        foreach (var path in new[] { "/docs/sandbox", "/docs/sandbox/reference", "/openapi/sandbox.json" })
            // Whoever answers the paths of nobody else is not there.
            Assert.False((await http.GetAsync(path)).IsSuccessStatusCode);
        Assert.DoesNotContain("/docs/sandbox", await http.GetStringAsync("/docs"));
    }

    /// <summary>Every link within the pages leads somewhere, every sample is what its operation takes.</summary>
    [Fact]
    public async Task Links_and_samples_hold()
    {
        await using var system = await StartAsync();
        using var http = system.Client(AppIds.Gateway);
        JsonNode[] documents =
        [
            JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json"))!,
            JsonNode.Parse(await http.GetStringAsync("/openapi/sandbox.json"))!,
        ];
        var operations = documents
            .SelectMany(d => d["paths"]!.AsObject())
            .SelectMany(p => p.Value!.AsObject())
            .ToDictionary(o => $"{o.Value!["operationId"]}", o => o.Value!);
        var samples = 0;
        foreach (var path in new[] { "", "/authentication", "/errors", "/webhooks", "/sandbox" })
        {
            var html = await http.GetStringAsync("/docs" + path);
            foreach (Match link in Link().Matches(html))
            {
                var target = link.Groups[1].Value.Split('#');
                var page = await http.GetStringAsync(target[0].Length == 0 ? "/docs" + path : target[0]);
                if (target.Length > 1)
                    Assert.Contains($"id=\"{target[1]}\"", page);
            }
            foreach (Match sample in Sample().Matches(html))
            {
                var json = JsonNode.Parse(WebUtility.HtmlDecode(sample.Groups[3].Value))!;
                samples++;
                if (sample.Groups[1].Value == "operation")
                    Fits(
                        json,
                        operations[sample.Groups[2].Value]["requestBody"]!["content"]!["application/json"]!["schema"]!
                    );
            }
            foreach (Match call in Call().Matches(html))
            {
                var route = call.Groups[2].Value.Split('?')[0].Replace("https://ticketing.localhost", "");
                if (
                    route.StartsWith("/api/", StringComparison.Ordinal)
                    || route.StartsWith("/sandbox/", StringComparison.Ordinal)
                )
                    Assert.Contains(
                        documents,
                        d => d["paths"]![route]?[call.Groups[1].Value.ToLowerInvariant()] is not null
                    );
            }
        }
        Assert.True(samples >= 8);

        void Fits(JsonNode json, JsonNode schema)
        {
            schema = Resolve(schema);
            if (json is JsonArray list)
                foreach (var item in list)
                    Fits(item!, schema["items"]!);
            if (json is not JsonObject given)
                return;
            var properties = schema["properties"]!.AsObject();
            foreach (var required in schema["required"]?.AsArray() ?? [])
                Assert.True(given.ContainsKey($"{required}"), $"{required} is missing in {json}");
            foreach (var (name, value) in given)
                Fits(value!, properties[name] ?? throw new InvalidOperationException($"{name} is not taken: {json}"));
        }

        JsonNode Resolve(JsonNode schema)
        {
            if (schema["oneOf"] is JsonArray either)
                schema = either.First(s => s!["type"]?.ToString() != "null")!;
            return schema["$ref"] is { } reference
                ? schema.Root["components"]!["schemas"]![$"{reference}".Split('/')[^1]]!
                : schema;
        }
    }

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Sheet();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();

    [GeneratedRegex("<a href=\"([^\"]+)\"")]
    private static partial Regex Link();

    [GeneratedRegex("<pre class=\"sample\" data-(operation|kind)=\"([A-Za-z]+)\">(.*?)</pre>", RegexOptions.Singleline)]
    private static partial Regex Sample();

    [GeneratedRegex("<pre class=\"call\">([A-Z]+) (\\S+)</pre>")]
    private static partial Regex Call();
}
