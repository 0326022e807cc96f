using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;

namespace Ticketing.Security.Tests;

/// <summary>Each parameter of each query takes what the document says it is, in one spelling, and nothing that resembles it.</summary>
[Collection(OneSystem.Name)]
public sealed class QueryTests(ApiSystem system)
{
    private static readonly string[] Times =
    [
        "05/12/2026",
        "2026-5-1",
        "2026-13-01",
        "2026-02-30",
        "12 May 2026",
        "20260512",
        "2026-05-12T10:00:00",
        "2026-05-12 10:00:00Z",
        "2026-05-12T25:00:00Z",
        "2026-05-12T10:00:00+25:00",
        "1747008000",
        "tomorrow",
        "٢٠٢٦-٠٥-١٢",
        "2026-05-12\n",
        " 2026-05-12",
        "",
    ];

    private static readonly Dictionary<string, string[]> Hostile = new()
    {
        ["integer"] =
        [
            "+5",
            " 5",
            "5 ",
            "05",
            "5.0",
            "5e0",
            "0x5",
            "1_0",
            "1,0",
            "٥",
            "five",
            "",
            "99999999999",
            "5\n",
        ],
        ["boolean"] = ["TRUE", "True", "1", "0", "yes", "on", " true", ""],
        ["uuid"] =
        [
            "{0198d5a0-0000-7000-8000-000000000001}",
            "(0198d5a0-0000-7000-8000-000000000001)",
            "0198d5a0000070008000000000000001",
            " 0198d5a0-0000-7000-8000-000000000001",
            "0198d5a0-0000-7000-8000-00000000000",
            "0198d5a0-0000-7000-8000-00000000000g",
            "{0x0198d5a0,0x0000,0x7000,{0x80,0x00,0x00,0x00,0x00,0x00,0x00,0x01}}",
            "x",
            "",
        ],
        ["date-time"] = Times,
        ["enum"] = ["no-such", "0", "", "PHONE,a4"],
        ["cursor"] = ["*", "x y", "AAAA"],
    };

    [Fact]
    public async Task What_only_resembles_a_value_is_refused()
    {
        var (wrong, asked) = (new ConcurrentBag<string>(), new ConcurrentDictionary<string, int>());
        var table = AuthorizationTable.Read();
        await Parallel.ForEachAsync(
            await system.DocumentAsync(),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (operation, _) =>
            {
                foreach (var parameter in operation.Node["parameters"]?.AsArray() ?? [])
                {
                    if ($"{parameter!["in"]}" != "query" || KindOf(parameter) is not { } kind)
                        continue;
                    var name = $"{parameter["name"]}";
                    asked.AddOrUpdate(kind, 1, (_, n) => n + 1);
                    foreach (var value in Hostile[kind])
                        await CheckAsync(
                            operation,
                            table.RoleFor(operation.Route),
                            $"{name}={Uri.EscapeDataString(value)}",
                            name,
                            wrong
                        );
                    var twice = Uri.EscapeDataString(Hostile[kind][0]);
                    await CheckAsync(
                        operation,
                        table.RoleFor(operation.Route),
                        $"{name}={twice}&{name}={twice}",
                        name,
                        wrong
                    );
                }
            }
        );
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal)));
        // Each kind was met.
        Assert.Equal(Hostile.Keys.Order(), asked.Keys.Order());
    }

    private async Task CheckAsync(
        Operation operation,
        string role,
        string query,
        string name,
        ConcurrentBag<string> wrong
    )
    {
        using var request = system.Request(operation, role);
        var path = request.RequestUri!.OriginalString;
        var others = path.Split('?') is [_, var given]
            ? given.Split('&').Where(p => !p.StartsWith(name + "=", StringComparison.Ordinal))
            : [];
        request.RequestUri = new($"{path.Split('?')[0]}?{string.Join('&', others.Append(query))}", UriKind.Relative);
        using var answer = await system.Http.SendAsync(request);
        if (answer.StatusCode is not (HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity))
            wrong.Add($"{operation.Route}?{query} is answered {(int)answer.StatusCode}");
    }

    private static string? KindOf(JsonNode parameter)
    {
        var schema = parameter["schema"]!;
        return schema["enum"] is not null ? "enum"
            : $"{parameter["name"]}" == "cursor" ? "cursor"
            : $"{schema["format"]}" is "uuid" or "date-time" ? $"{schema["format"]}"
            : $"{schema["type"]}" is "integer" or "boolean" ? $"{schema["type"]}"
            : null;
    }
}
