using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Ticketing.ServiceDefaults;

namespace Ticketing.Security.Tests;

/// <summary>What is answered to a mistake stands in the document that the Gateway serves.</summary>
[Collection(OneSystem.Name)]
public sealed partial class AnswersTests(ApiSystem system)
{
    private const int AtOnce = 8;

    /// <summary>More than any body may have.</summary>
    private const int TooLarge = 3 * 1024 * 1024;

    /// <summary>What they are asked for is there once, and another test's.</summary>
    private static readonly HashSet<string> Once = ["EndSession", "RemoveMember", "RemoveTicketType"];

    /// <summary>Ends what others ask with.</summary>
    private const string Last = "EndSessions";

    private static readonly Dictionary<string, Action<Operation, HttpRequestMessage>> Mistakes = new()
    {
        ["no token"] = (_, request) => request.Headers.Authorization = null,
        ["another media type"] = (_, request) => request.Content = new StringContent("x"),
        ["half a body"] = (_, request) => request.Content = ApiSystem.Json("{"),
        ["a list"] = (_, request) => request.Content = ApiSystem.Json("[]"),
        ["nothing in it"] = (_, request) => request.Content = ApiSystem.Json("{}"),
        ["a body without end"] = (_, request) =>
        {
            request.Headers.ExpectContinue = true;
            request.Content = ApiSystem.Json($"\"{new string('a', TooLarge)}\"");
        },
        ["an unknown id"] = (operation, request) => Readdress(operation, request, $"{Guid.CreateVersion7()}"),
        ["no id"] = (operation, request) => Readdress(operation, request, "x"),
        ["a long id"] = (operation, request) => Readdress(operation, request, new string('a', 4_000)),
        ["another query"] = (_, request) =>
            request.RequestUri = new(
                request.RequestUri!.OriginalString.Split('?')[0] + "?limit=0&cursor=x&status=x&key=x",
                UriKind.Relative
            ),
        ["a long key"] = (_, request) => request.Headers.Add("Idempotency-Key", new string('k', 201)),
    };

    [Fact]
    public async Task Every_status_that_is_answered_is_documented()
    {
        var table = AuthorizationTable.Read();
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            (await system.DocumentAsync()).Where(o => o.Id != Last),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (operation, _) =>
            {
                foreach (var (mistake, make) in Mistakes)
                    await CheckAsync(operation, table.RoleFor(operation.Route), mistake, make, wrong);
            }
        );
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal)));
    }

    private async Task CheckAsync(
        Operation operation,
        string role,
        string mistake,
        Action<Operation, HttpRequestMessage> make,
        ConcurrentBag<string> wrong
    )
    {
        using var request = system.Request(operation, role);
        if (Once.Contains(operation.Id))
            Readdress(operation, request, $"{Guid.CreateVersion7()}");
        var had = request.Content is not null;
        make(operation, request);
        // A body where none is taken is no mistake of this operation.
        if (!had)
            request.Content = null;
        using var answer = await system.Http.SendAsync(request);
        var status = (int)answer.StatusCode;
        // A path that only another method's route takes.
        if (status != StatusCodes.Status405MethodNotAllowed && !operation.Documents(status))
            wrong.Add($"{operation.Route}: {mistake} is answered {status}, which the document does not say");
        else if (status >= 500)
            wrong.Add($"{operation.Route}: {mistake} is answered {status}");
        else if (status >= 400 && answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            wrong.Add($"{operation.Route}: {mistake} is answered {status} without a problem");
        else if (status >= 400 && !(await SectionsAsync()).Contains(await TypeOfAsync(answer)))
            wrong.Add($"{operation.Route}: {mistake} is answered by {await TypeOfAsync(answer)}, which leads nowhere");
    }

    private static async Task<string> TypeOfAsync(HttpResponseMessage answer) =>
        $"{JsonNode.Parse(await answer.Content.ReadAsStringAsync())?["type"]}";

    /// <summary>Where a problem's type may lead.</summary>
    private Task<HashSet<string>> SectionsAsync() => sections.Value;

    private readonly Lazy<Task<HashSet<string>>> sections = new(async () =>
        [
            .. Section()
                .Matches(await system.Http.GetStringAsync(Problems.DocsPath))
                .Select(m => Problems.TypePrefix + m.Groups[1].Value),
        ]
    );

    [GeneratedRegex("<section id=\"([a-z-]+)\">")]
    private static partial Regex Section();

    private static void Readdress(Operation operation, HttpRequestMessage request, string id) =>
        request.RequestUri = new(
            Parameter().Replace(operation.Path, id)
                + (request.RequestUri!.OriginalString.Split('?') is [_, var query] ? "?" + query : ""),
            UriKind.Relative
        );

    [GeneratedRegex("{[^}]+}")]
    private static partial Regex Parameter();
}
