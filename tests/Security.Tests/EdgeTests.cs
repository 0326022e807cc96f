using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Ticketing.Security.Tests;

/// <summary>What holds of every operation, however seldom it is asked so.</summary>
[Collection(OneSystem.Name)]
public sealed class EdgeTests(ApiSystem system)
{
    private const int AtOnce = 8;

    private readonly AuthorizationTable table = AuthorizationTable.Read();
    private readonly ConcurrentBag<string> wrong = [];

    [Fact]
    public Task HEAD_is_answered_as_GET_without_a_body() =>
        ForEachAsync(
            IsPublicGet,
            async operation =>
            {
                using var get = await AskAsync(operation, Role.Anonymous);
                using var head = await AskAsync(operation, Role.Anonymous, r => r.Method = HttpMethod.Head);
                Check(operation, get.StatusCode == head.StatusCode, head);
                Check(operation, (await head.Content.ReadAsByteArrayAsync()).Length == 0, head);
            }
        );

    [Fact]
    public Task A_header_may_hold_any_text() =>
        ForEachAsync(
            IsPublicGet,
            async operation =>
            {
                using var plain = await AskAsync(operation, Role.Anonymous);
                using var other = await AskAsync(
                    operation,
                    Role.Anonymous,
                    r => r.Headers.TryAddWithoutValidation("Cookie", "name=José 🎸")
                );
                Check(operation, plain.StatusCode == other.StatusCode, other);
            }
        );

    [Fact]
    public Task No_text_of_a_body_holds_the_NUL_character() =>
        ForEachAsync(
            // A webhook is read as it was signed.
            operation =>
                operation.MediaType == "application/json"
                && operation.Id is not ("ReceiveWebhook" or "ReceivePixWebhook"),
            async operation =>
            {
                using var answer = await AskAsync(
                    operation,
                    table.RoleFor(operation.Route),
                    r => r.Content = ApiSystem.Json("""{"anything":["\u0000"]}""")
                );
                Check(operation, answer.StatusCode == HttpStatusCode.BadRequest, answer);
                var problem = await answer.Content.ReadFromJsonAsync<JsonNode>();
                Check(operation, problem!["errors"]?["anything[0]"] is not null, answer);
            }
        );

    private bool IsPublicGet(Operation operation) =>
        operation.Method == "GET" && table.Lines.First(l => l.Name == operation.Route).Answers[0].Answer == "yes";

    private async Task ForEachAsync(Func<Operation, bool> which, Func<Operation, Task> check)
    {
        var operations = Operation.All.Where(which).ToList();
        Assert.NotEmpty(operations);
        await Parallel.ForEachAsync(
            operations,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (operation, _) => await check(operation)
        );
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal)));
    }

    private async Task<HttpResponseMessage> AskAsync(
        Operation operation,
        string role,
        Action<HttpRequestMessage>? change = null
    )
    {
        using var request = system.Request(operation, role);
        change?.Invoke(request);
        return await system.Http.SendAsync(request);
    }

    private void Check(Operation operation, bool holds, HttpResponseMessage answer)
    {
        if (!holds)
            wrong.Add($"{operation.Route} is answered {(int)answer.StatusCode}");
    }
}
