using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Ticketing.Contracts;
using Ticketing.Local.Seeding;
using Ticketing.ServiceDefaults;

namespace Ticketing.Local.Demo;

/// <summary>
/// Buys a ticket against the running system, with nothing but its public HTTP, and is admitted at the door, once.
/// </summary>
internal static class DemoCommand
{
    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <param name="baseUrl">The public origin.</param>
    public static async Task<int> RunAsync(Uri baseUrl, string dataDirectory, CancellationToken ct)
    {
        using var buyer = new ApiClient(baseUrl);
        using var door = new ApiClient(baseUrl);
        // For the ticket's PDF; before anything is bought. Of a system elsewhere there is no folder here.
        Directory.CreateDirectory(dataDirectory);
        var trace = buyer.BeginTrace().TraceId;
        var start = Stopwatch.GetTimestamp();
        try
        {
            await BuyAsync(buyer, door, dataDirectory, ct);
            Console.WriteLine($"Done in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s, as trace {trace}.");
            return 0;
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            throw new LocalException(
                $"Nothing answers at {baseUrl}. Start the system first: dotnet run --project services/Local"
            );
        }
    }

    private static async Task BuyAsync(ApiClient buyer, ApiClient door, string dataDirectory, CancellationToken ct)
    {
        var email = $"demo-{Guid.CreateVersion7():N}@example.com";
        const string password = "a-long-enough-password";
        await StepAsync(
            "register",
            () =>
                buyer.PostAsync(
                    "/api/v1/users",
                    new
                    {
                        email,
                        password,
                        name = "Débora Demonstração",
                    },
                    ct
                ),
            u => u.Text("email")
        );
        await StepAsync(
            "log in",
            async () =>
            {
                await buyer.LogInAsync(email, password, ct);
                return new JsonObject();
            },
            _ => email
        );
        var found = await StepAsync(
            "browse",
            () => buyer.GetAsync("/api/v1/events?q=mare", ct),
            p => $"{p["items"]!.AsArray().Count} event(s)"
        );
        var item =
            found["items"]!.AsArray().FirstOrDefault() ?? throw new LocalException("The seeded event is missing.");
        var show = await buyer.GetAsync($"/api/v1/events/{item.Text("slug")}", ct);
        var session = show["sessions"]![0]!;
        var type = session["ticketTypes"]![0]!;
        var hold = await StepAsync(
            "hold",
            () =>
                buyer.PostAsync(
                    "/api/v1/holds",
                    new { sessionId = session.Id(), items = new[] { new { ticketTypeId = type.Id(), quantity = 2 } } },
                    ct,
                    Guid.CreateVersion7().ToString()
                ),
            h => $"2 × {type.Text("name")} until {h.Text("expiresAt")}"
        );
        var order = await StepAsync(
            "order",
            () =>
                buyer.PostAsync(
                    "/api/v1/orders",
                    new
                    {
                        holdId = hold.Id(),
                        buyer = new { name = "Débora Demonstração", email },
                        attendees = new[] { new { name = "Débora Demonstração" }, new { name = "Caíque Conceição" } },
                        payment = new { method = "pix" },
                    },
                    ct,
                    Guid.CreateVersion7().ToString()
                ),
            o => $"{o.Text("number")}, {Reais(o["total"]!)}"
        );
        // Mostly the answer says how to pay: who asks then waits for a change that only the payment makes.
        static bool IsPayable(JsonNode o) => o["payment"]?["pix"] is not null;
        var payable = IsPayable(order) ? order : await WaitForAsync(buyer, order.Id(), IsPayable, ct);
        var pix = payable["payment"]!["pix"]!;
        await StepAsync(
            "pay by Pix",
            () => buyer.PostAsync($"/sandbox/pix/{pix.Text("txId")}/pay", null, ct),
            _ => pix.Text("copyPaste")[..32] + "…"
        );
        await StepAsync(
            "tickets issued",
            () => WaitForAsync(buyer, order.Id(), o => o.Text("status") == "fulfilled", ct),
            o => o.Text("status")
        );
        var tickets = (await buyer.GetAsync("/api/v1/me/tickets", ct))["items"]!.AsArray();
        var ticket = await buyer.GetAsync($"/api/v1/tickets/{tickets[0]!.Id()}", ct);
        var path = Path.Combine(dataDirectory, $"ticket-{ticket.Text("number")}.pdf");
        await StepAsync(
            "PDF",
            async () =>
            {
                var pdf = await buyer.DownloadAsync($"/api/v1/tickets/{ticket.Id()}/pdf", ct);
                await File.WriteAllBytesAsync(path, pdf, ct);
                return new JsonObject { ["bytes"] = pdf.Length };
            },
            p => $"{path} ({p["bytes"]} bytes)"
        );
        if (await ShowsMailsAsync(buyer, ct))
            await StepAsync("e-mail", () => MailAsync(buyer, email, ct), m => m.Text("subject"));
        await CheckInAsync(door, ticket.Text("code"), ct);
    }

    private static async Task CheckInAsync(ApiClient door, string code, CancellationToken ct)
    {
        await door.LogInAsync(SeedLogins.Door.Email, SeedLogins.Door.Password, ct);
        var scan = new { code, gate = "Portão A" };
        await StepAsync(
            "door: admitted",
            () => door.PostAsync("/api/v1/check-ins", scan, ct),
            c => c["holderName"]?.ToString() ?? ""
        );
        await StepAsync(
            "door: second scan refused",
            async () =>
            {
                using var again = await door.SendAsync(HttpMethod.Post, "/api/v1/check-ins", scan, ct);
                if (again.StatusCode != HttpStatusCode.Conflict)
                    throw new LocalException($"The second scan answered {(int)again.StatusCode}, not 409.");
                return JsonNode.Parse(await again.Content.ReadAsStringAsync(ct))!;
            },
            p => p.Text("type")
        );
    }

    private static async Task<JsonNode> WaitForAsync(
        ApiClient api,
        Guid orderId,
        Func<JsonNode, bool> done,
        CancellationToken ct
    ) =>
        await PollAsync(async () => await api.GetAsync($"/api/v1/orders/{orderId}?wait=25", ct), done, "The order", ct);

    /// <summary>Elsewhere than on one laptop the mails lie in a mail catcher of its own.</summary>
    private static async Task<bool> ShowsMailsAsync(ApiClient api, CancellationToken ct)
    {
        using var answer = await api.SendAsync(HttpMethod.Get, "/dev/mail?format=json", null, ct);
        return answer.StatusCode != HttpStatusCode.NotFound;
    }

    private static async Task<JsonNode> MailAsync(ApiClient api, string to, CancellationToken ct)
    {
        var mails = await PollAsync(
            () => api.GetAsync("/dev/mail?format=json", ct),
            m => m["items"]!.AsArray().Any(i => i!.Text("to").Contains(to, StringComparison.Ordinal)),
            "The mail",
            ct
        );
        return mails["items"]!.AsArray().First(i => i!.Text("to").Contains(to, StringComparison.Ordinal))!;
    }

    private static async Task<JsonNode> PollAsync(
        Func<Task<JsonNode>> read,
        Func<JsonNode, bool> done,
        string what,
        CancellationToken ct
    )
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (done(value))
                return value;
            if (Stopwatch.GetElapsedTime(start) > StepLimit)
                throw new LocalException(
                    $"{what} is not there after {StepLimit.TotalSeconds} s: {value.ToJsonString()}"
                );
            await Task.Delay(Poll, ct);
        }
    }

    private static string Reais(JsonNode money) =>
        Formats.Of(Locales.English).Money(new(money["amount"]!.GetValue<long>(), money.Text("currency")));

    private static async Task<JsonNode> StepAsync(string name, Func<Task<JsonNode>> step, Func<JsonNode, string> tell)
    {
        var began = Stopwatch.GetTimestamp();
        var result = await step();
        Console.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalMilliseconds, 7:0} ms  {name, -26} {tell(result)}");
        return result;
    }
}
