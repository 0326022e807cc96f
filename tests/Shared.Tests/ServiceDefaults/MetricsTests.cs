using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.LocalPostgres;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Shared.Tests.ServiceDefaults;

/// <summary>Two services in one process, as the tests and the local runner have them.</summary>
public sealed class MeasuredSystem : IAsyncLifetime
{
    public const string Other = "other";

    public TestSystem System { get; } =
        new TestSystem()
            .Service(ProbeService.AppId, ProbeService.Build, "Metrics:SampleSeconds=0.1")
            .Service(Other, ProbeService.Build);

    public async ValueTask InitializeAsync() => await System.StartAsync();

    public ValueTask DisposeAsync() => System.DisposeAsync();
}

public sealed class MetricsTests(MeasuredSystem fixture) : IClassFixture<MeasuredSystem>
{
    private const string Topic = "note-written";

    private readonly TestSystem system = fixture.System;

    private Task<Scrape> ScrapeAsync() => system.ScrapeAsync(ProbeService.AppId);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path, string? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    [Fact]
    public async Task Metrics_are_on_their_own_port_whatever_host_the_client_claims()
    {
        using var app = system.Client(ProbeService.AppId, Guid.CreateVersion7());
        using var metrics = system.Metrics(ProbeService.AppId);
        var (appHost, metricsHost) = (app.BaseAddress!.Authority, metrics.BaseAddress!.Authority);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(metrics, "/metrics"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(metrics, "/metrics", appHost));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(app, "/metrics"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(app, "/metrics", metricsHost));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(app, "/metrics/"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(app, "/METRICS"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/healthz/live")]
    [InlineData("/healthz/ready")]
    [InlineData("/api/v1/notes")]
    [InlineData("/internal/whoami")]
    [InlineData("/dapr/subscribe")]
    [InlineData("/metrics/more")]
    public async Task The_metrics_port_serves_nothing_else(string path)
    {
        using var app = system.Client(ProbeService.AppId, Guid.CreateVersion7());
        using var metrics = system.Metrics(ProbeService.AppId);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(metrics, path));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(metrics, path, app.BaseAddress!.Authority));
    }

    [Fact]
    public async Task Without_a_port_there_are_no_metrics_and_one_address()
    {
        await using var app = ProbeService.Build([$"--urls=http://127.0.0.1:{FreePort.Next()}"]);
        await app.StartAsync();
        var address = Assert.Single(app.Urls);
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, "/metrics"));
    }

    [Fact]
    public async Task A_container_that_is_told_its_ports_only_listens_there_and_on_the_metrics_port()
    {
        var (port, metrics) = (FreePort.Next(), FreePort.Next());
        await using var app = ProbeService.Build([$"--http_ports={port}", $"--Metrics:Port={metrics}"]);
        await app.StartAsync();
        Assert.Equal([port, metrics], app.Urls.Select(a => new Uri(a.Replace("[::]", "localhost")).Port));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    public async Task A_port_that_is_none_stops_the_start(string port)
    {
        await using var app = ProbeService.Build([
            $"--urls=http://127.0.0.1:{FreePort.Next()}",
            $"--Metrics:Port={port}",
        ]);
        await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => app.StartAsync());
    }

    [Fact]
    public void The_apps_own_port_is_refused()
    {
        var port = FreePort.Next();
        Assert.Throws<InvalidOperationException>(() =>
            ProbeService.Build([$"--urls=http://127.0.0.1:{port}", $"--Metrics:Port={port}"])
        );
    }

    [Fact]
    public async Task Requests_are_measured_by_route_and_what_has_none_makes_no_series()
    {
        // Of its own: the requests of other tests are measured, too.
        await using var own = new TestSystem().Service(ProbeService.AppId, ProbeService.Build);
        await own.StartAsync();
        using var app = own.Client(ProbeService.AppId, Guid.CreateVersion7());
        for (var i = 0; i < 20; i++)
        {
            await StatusAsync(app, $"/api/v1/notes?limit={i + 1}");
            await StatusAsync(app, $"/nothing/{Guid.CreateVersion7()}");
            await StatusAsync(app, "/healthz/ready");
            using var odd = new HttpRequestMessage(new HttpMethod($"VERB{i}"), "/api/v1/notes");
            (await app.SendAsync(odd)).Dispose();
        }
        await Eventually.HoldsAsync(async () =>
        {
            var scrape = await own.ScrapeAsync(ProbeService.AppId);
            var requests = scrape.Of("http_server_request_duration_seconds_count").ToList();
            Assert.Equal(
                20,
                scrape.Sum(
                    "http_server_request_duration_seconds_count",
                    ("http_route", "/api/v1/notes"),
                    ("http_response_status_code", "200")
                )
            );
            Assert.Single(
                requests,
                s => !s.Labels.ContainsKey("http_route") && s.Labels["http_response_status_code"] == "404"
            );
            Assert.Contains(requests, s => s.Labels["http_request_method"] == "_OTHER");
            Assert.DoesNotContain(
                requests,
                s => s.Labels["http_request_method"].StartsWith("VERB", StringComparison.Ordinal)
            );
            // Neither probes nor scrapes are the service's traffic.
            Assert.DoesNotContain(
                requests,
                s => s.Labels.GetValueOrDefault("http_route", "") is "/healthz/ready" or "/metrics"
            );
        });
    }

    [Fact]
    public async Task Of_two_services_in_a_process_each_exports_its_own()
    {
        using var app = system.Client(MeasuredSystem.Other, Guid.CreateVersion7());
        await app.PostAsJsonAsync("/api/v1/notes", new { text = "one" });
        const string name = "http_server_request_duration_seconds_count";
        (string, string)[] posts =
        [
            ("http_route", "/api/v1/notes"),
            ("http_request_method", "POST"),
            ("http_response_status_code", "201"),
        ];
        await Eventually.HoldsAsync(async () =>
            Assert.Equal(1, (await system.ScrapeAsync(MeasuredSystem.Other)).Sum(name, posts))
        );
        var neighbour = await ScrapeAsync();
        Assert.Equal(0, neighbour.Sum(name, posts));
        Assert.DoesNotContain(neighbour.Series, s => s.Name.StartsWith("dapr_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_series_tells_a_connection_string_or_a_foreign_address()
    {
        const string connections = "db_client_connection_count";
        var scrape = await Eventually.GetAsync(
            ScrapeAsync,
            s => s.Of(connections, ("db_client_connection_pool_name", ProbeService.AppId)).Any()
        );
        var database = new NpgsqlConnectionStringBuilder(system.Database(ProbeService.AppId));
        Assert.DoesNotContain(database.Database!, scrape.ToString());
        Assert.All(scrape.Series, s => Assert.DoesNotContain("network_peer_address", s.Labels.Keys));
    }

    [Fact]
    public async Task Counters_start_at_zero_and_tell_no_birth()
    {
        await using var fresh = new MeasuredSystem();
        await fresh.InitializeAsync();
        var scrape = await fresh.System.ScrapeAsync(MeasuredSystem.Other);
        foreach (var end in new[] { "applied", "duplicates" })
            Assert.Equal(0, Assert.Single(scrape.Of($"ticketing_inbox_{end}_total", ("topic", Topic))).Value);
        Assert.DoesNotContain(scrape.Series, s => s.Name.EndsWith("_created", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_event_is_counted_when_it_takes_effect_and_when_it_comes_again()
    {
        var message = new NoteWritten(Guid.CreateVersion7());
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddSeconds(-40));
        // Of its own: an event of another test may still be on its way to the shared one.
        await using var own = new TestSystem().Service(ProbeService.AppId, ProbeService.Build);
        await own.StartAsync();
        await own.DeliverAsync(ProbeService.AppId, message, id);
        await own.DeliverAsync(ProbeService.AppId, message, id);
        await own.DeliverAsync(ProbeService.AppId, message, id);
        await Eventually.HoldsAsync(async () =>
        {
            var scrape = await own.ScrapeAsync(ProbeService.AppId);
            Assert.Equal(1, scrape.Sum("ticketing_inbox_applied_total", ("topic", Topic)));
            Assert.Equal(2, scrape.Sum("ticketing_inbox_duplicates_total", ("topic", Topic)));
            // How late it was, once.
            Assert.Equal(1, scrape.Sum("ticketing_inbox_lag_seconds_count", ("topic", Topic)));
            Assert.InRange(scrape.Sum("ticketing_inbox_lag_seconds_sum", ("topic", Topic)), 40, 600);
        });
    }

    [Fact]
    public async Task What_waits_in_the_outbox_is_told_until_it_is_relayed()
    {
        await using var own = new TestSystem().Service(
            ProbeService.AppId,
            ProbeService.Build,
            "Metrics:SampleSeconds=0.1"
        );
        await own.StartAsync();
        await using var source = NpgsqlDataSource.Create(own.Database(ProbeService.AppId));
        // Tried before, and again in an hour.
        await source
            .CreateCommand(
                """
                INSERT INTO outbox (id, type, payload, created_at, next_try_at)
                SELECT gen_random_uuid(), 'note.written', '{}', now() - interval '90 seconds', now() + interval '1 hour'
                FROM generate_series(1, 3)
                """
            )
            .ExecuteNonQueryAsync();
        var waiting = await Eventually.GetAsync(
            () => own.ScrapeAsync(ProbeService.AppId),
            s => s.Sum("ticketing_outbox_pending") == 3 && s.Sum("ticketing_outbox_oldest_age_seconds") > 0
        );
        Assert.InRange(waiting.Sum("ticketing_outbox_oldest_age_seconds"), 90, 600);

        await source.CreateCommand("UPDATE outbox SET next_try_at = now()").ExecuteNonQueryAsync();
        await Eventually.GetAsync(
            () => own.ScrapeAsync(ProbeService.AppId),
            s =>
                s.Of("ticketing_outbox_pending").Any()
                && s.Sum("ticketing_outbox_pending") == 0
                && s.Sum("ticketing_outbox_relayed_total", ("topic", Topic)) == 3
        );

        // An old figure would look like a good one.
        await source.CreateCommand("ALTER TABLE outbox RENAME TO gone").ExecuteNonQueryAsync();
        await Eventually.GetAsync(
            () => own.ScrapeAsync(ProbeService.AppId),
            s => !s.Of("ticketing_outbox_pending").Any()
        );
    }
}
