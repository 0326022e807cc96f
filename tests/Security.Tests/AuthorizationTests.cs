using System.Collections.Concurrent;
using System.Net;

namespace Ticketing.Security.Tests;

/// <summary>
/// authorization.md says what each operation answers to each role: <c>401</c>, <c>no</c> (403, or 404 where it must not
/// be told), or <c>yes</c> (anything else but an error of ours). What is not in it is not allowed: a new route fails here.
/// </summary>
[Collection(OneSystem.Name)]
public sealed class AuthorizationTests(ApiSystem system)
{
    /// <summary>Ends what others ask with.</summary>
    private const string Last = "EndSessions";
    private const int AtOnce = 8;

    [Fact]
    public void Every_route_has_its_line_and_every_line_its_route() =>
        Assert.Equal(
            Operation.All.Select(o => o.Route).Order(StringComparer.Ordinal),
            AuthorizationTable.Read().Lines.Select(l => l.Route).Distinct().Order(StringComparer.Ordinal)
        );

    [Fact]
    public async Task Each_role_may_do_what_the_table_says_and_nothing_else()
    {
        var table = AuthorizationTable.Read();
        Assert.Equal(Role.All, table.Roles);
        var operations = Operation.All.ToDictionary(o => o.Route);
        var documented = (await system.DocumentAsync()).ToDictionary(o => o.Route);
        var wrong = new ConcurrentBag<string>();
        var lines = table
            .Lines.Where(l => operations.ContainsKey(l.Route))
            .ToLookup(l => operations[l.Route].Id == Last);
        foreach (var some in new[] { lines[false], lines[true] })
            await Parallel.ForEachAsync(
                some,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
                async (line, _) =>
                    await CheckAsync(operations[line.Route], documented.GetValueOrDefault(line.Route), line, wrong)
            );
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal)));
    }

    /// <param name="documented">The same in the document that the Gateway serves; null: it is not for the public.</param>
    private async Task CheckAsync(
        Operation operation,
        Operation? documented,
        AuthorizationTable.Line line,
        ConcurrentBag<string> wrong
    )
    {
        foreach (var (role, expected) in line.Answers)
        {
            using var request = system.Request(operation, role, line.Draft);
            using var answer = await system.Http.SendAsync(request);
            var status = (int)answer.StatusCode;
            if (Outcome(answer.StatusCode) != expected)
                wrong.Add($"{line.Name}: {role} is answered {status}, not {expected}");
            else if (documented?.Documents(status) == false)
                wrong.Add($"{line.Name}: {role} is answered {status}, which the document does not say");
        }
    }

    private static string Outcome(HttpStatusCode status) =>
        status switch
        {
            HttpStatusCode.Unauthorized => "401",
            HttpStatusCode.Forbidden or HttpStatusCode.NotFound => "no",
            >= HttpStatusCode.InternalServerError => "error",
            _ => "yes",
        };
}
