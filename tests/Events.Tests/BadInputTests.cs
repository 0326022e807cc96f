using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Ticketing.Contracts;

namespace Ticketing.Events.Tests;

public sealed class BadInputTests(EventsApp app)
{
    [Theory]
    [InlineData("""{}""", "organizerId")]
    [InlineData("""{"organizerId":1}""", "organizerId")]
    [InlineData("", "body")]
    [InlineData("null", "body")]
    [InlineData("[", "body")]
    [InlineData("[]", "body")]
    [InlineData("\"x\"", "body")]
    public async Task A_body_of_another_kind_is_a_bad_request(string body, string field)
    {
        var ana = await app.Organizer();

        var refused = await ana.Post("/api/v1/events", body, 400);

        Assert.Equal("invalid", refused.Code);
        Assert.NotNull(refused.Body!["traceId"]);
        Assert.Contains(field, refused.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task All_wrong_fields_are_named_at_once()
    {
        var ana = await app.Organizer();

        var refused = await ana.Post(
            "/api/v1/events",
            new
            {
                organizerId = ana.OrganizerId,
                venueId = Guid.Empty,
                title = new string('x', 151),
                category = "",
                description = "a\u0007b",
            },
            400
        );

        Assert.Equal(["category", "description", "title"], refused.ErrorFields);
    }

    [Theory]
    [InlineData("ftp://x.example/a")]
    [InlineData("/relative")]
    [InlineData("https://x.example/\u0001")]
    public async Task Edits_are_checked_as_new_things_are(string website)
    {
        var ana = await app.Organizer();

        var refused = await ana.Try(HttpMethod.Patch, $"/api/v1/organizers/{ana.OrganizerId}", new { website });

        Assert.Equal((422, "website"), (refused.Status, refused.ErrorFields.Single()));
    }

    [Fact]
    public async Task A_token_without_a_person_founds_nothing()
    {
        using var http = app.System.Client(AppIds.Events);
        http.DefaultRequestHeaders.Authorization = new(
            "Bearer",
            app.System.Issuer.Token(new Dictionary<string, object> { ["sub"] = "machine", ["aud"] = "ticketing" })
        );
        var machine = new Person(Guid.Empty, http);

        await machine.Post("/api/v1/organizers", new { name = "Robô" }, 403);
        await machine.Get("/api/v1/organizers", 403);
    }

    [Fact]
    public async Task What_is_too_large_is_refused()
    {
        var ana = await app.Organizer();
        using var content = new StringContent(new string(' ', 300 * 1024) + "{}", Encoding.UTF8, "application/json");
        ana.Http.DefaultRequestHeaders.ExpectContinue = true;

        using var answer = await ana.Http.PostAsync("/api/v1/organizers", content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task What_is_not_JSON_is_refused()
    {
        var ana = await app.Organizer();
        using var content = new StringContent("name=x", new MediaTypeHeaderValue("text/plain"));

        using var answer = await ana.Http.PostAsync("/api/v1/organizers", content);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Whatever_is_sent_is_answered_and_never_by_a_500()
    {
        var ana = await app.Organizer();
        var venueId = await ana.Venue();
        var (eventId, sessionId, typeId) = await ana.Published(venueId: venueId);
        var coupon = await ana.Post($"/api/v1/events/{eventId}/coupons", new { code = "ABC", percentOff = 1 }, 201);
        (HttpMethod Method, string Path, string[] Fields)[] targets =
        [
            (HttpMethod.Post, "/api/v1/organizers", ["name", "description", "website"]),
            (HttpMethod.Patch, $"/api/v1/organizers/{ana.OrganizerId}", ["name", "description", "website"]),
            (HttpMethod.Post, $"/api/v1/organizers/{ana.OrganizerId}/invitations", ["email", "role"]),
            (
                HttpMethod.Patch,
                $"/api/v1/venues/{venueId}",
                ["name", "address", "city", "state", "timeZone", "capacity"]
            ),
            (HttpMethod.Post, $"/api/v1/venues/{venueId}/seat-maps", ["name", "sections"]),
            (
                HttpMethod.Patch,
                $"/api/v1/events/{eventId}",
                ["venueId", "title", "category", "description", "accentColor"]
            ),
            (
                HttpMethod.Post,
                $"/api/v1/events/{eventId}/sessions",
                ["startsAt", "doorsAt", "endsAt", "seatMapId", "pools", "maxPerPerson", "requiresCpf"]
            ),
            (
                HttpMethod.Patch,
                $"/api/v1/sessions/{sessionId}",
                ["startsAt", "doorsAt", "endsAt", "maxPerPerson", "requiresCpf"]
            ),
            (HttpMethod.Post, $"/api/v1/sessions/{sessionId}/pools", ["name", "capacity"]),
            (
                HttpMethod.Post,
                $"/api/v1/sessions/{sessionId}/ticket-types",
                ["name", "kind", "price", "poolId", "section", "capacity", "salesStart", "salesEnd", "maxPerOrder"]
            ),
            (
                HttpMethod.Patch,
                $"/api/v1/ticket-types/{typeId}",
                ["name", "kind", "price", "salesStart", "salesEnd", "maxPerOrder"]
            ),
            (
                HttpMethod.Post,
                $"/api/v1/events/{eventId}/coupons",
                ["code", "percentOff", "amountOff", "maxRedemptions", "validFrom", "validUntil"]
            ),
            (HttpMethod.Patch, $"/api/v1/coupons/{coupon.Id}", ["maxRedemptions", "validFrom", "validUntil"]),
        ];
        string[] values =
        [
            "null",
            "true",
            "0",
            "-1",
            "1e400",
            "2147483648",
            "9223372036854775808",
            "1.5",
            "\"\"",
            "\"x\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"0001-01-01T00:00:00+14:00\"",
            "\"9999-12-31T23:59:59-14:00\"",
            "\"2031-02-30T00:00:00Z\"",
            "\"2031-02-03T04:05:06Z\"",
            "\"America/Sao_Paulo\"",
            "\"full\"",
            "\"owner\"",
            "[]",
            "[null]",
            "[[]]",
            "{}",
            "{\"amount\":1,\"currency\":\"BRL\"}",
            "{\"amount\":1,\"currency\":null}",
            "[{\"name\":\"a\",\"capacity\":1}]",
            "\"00000000-0000-0000-0000-000000000000\"",
            "\"a@b.c\"",
            $"\"{new string('y', 3000)}\"",
        ];
        var target = Gen.Int[0, targets.Length - 1].Select(i => targets[i]);
        var value = Gen.Int[0, values.Length - 1].Select(i => values[i]);
        await Gen.Select(target, value.Array[9])
            .SampleAsync(
                async (target, chosen) =>
                {
                    var members = target.Fields.Zip(chosen, (f, v) => $"\"{f}\":{v}");
                    var body = $"{{{string.Join(',', members)}}}";
                    var answer = await ana.Try(target.Method, target.Path, body);
                    Assert.True(
                        answer.Status is >= 200 and < 500,
                        $"{target.Method} {target.Path} {body}: {answer.Status} {answer.Text}"
                    );
                    if (answer.Status >= 400)
                        Assert.StartsWith("/docs/errors#", (string)answer["type"]!);
                },
                iter: 400,
                threads: 4
            );
    }
}
