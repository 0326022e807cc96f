using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Shared.Tests.ServiceDefaults;

/// <summary>What leaves by the outbox, and what stays in it.</summary>
public sealed class OutboxTests
{
    private const string Topic = "note-written";

    /// <summary>Larger than a message may be: the broker refuses it each time.</summary>
    private const string Poison = "jsonb_build_object('text', repeat('x', 300000))";

    [Fact]
    public async Task An_event_that_never_goes_stops_nobody_and_rests_in_its_place()
    {
        await using var own = await ProbeAsync("Metrics:SampleSeconds=0.1");
        await using var source = NpgsqlDataSource.Create(own.Database(ProbeService.AppId));
        await ExecuteAsync(
            source,
            $"""
            INSERT INTO outbox (id, type, payload, attempts)
                VALUES (gen_random_uuid(), 'note.written', {Poison}, 99), (gen_random_uuid(), 'note.written', {Poison}, 0);
            {GoodEvents(3)}
            """
        );
        Pulse(own);
        var scrape = await Eventually.GetAsync(
            () => own.ScrapeAsync(ProbeService.AppId),
            s =>
                s.Sum("ticketing_outbox_resting") == 1
                && s.Sum("ticketing_outbox_relayed_total", ("topic", Topic)) == 3
                && s.Sum("ticketing_outbox_pending") == 2
        );
        // What rests is told of by a figure of its own.
        Assert.InRange(scrape.Sum("ticketing_outbox_oldest_age_seconds"), 0, 60);
        Assert.Equal(
            "100",
            await TextAsync(
                source,
                "SELECT attempts FROM outbox WHERE next_try_at = 'infinity' AND type = 'note.written'"
            )
        );
        // The other one is tried later and later.
        await Eventually.TrueAsync(async () =>
            await TextAsync(source, "SELECT max(attempts) FROM outbox WHERE next_try_at < 'infinity'")
                is not ("0" or "1")
        );
    }

    [Fact]
    public async Task A_flood_of_one_topic_hides_no_other()
    {
        await using var own = await ProbeAsync();
        await using var source = NpgsqlDataSource.Create(own.Database(ProbeService.AppId));
        // The trigger notes how much of the flood had been tried when the other topic's event went.
        await ExecuteAsync(
            source,
            $"""
            CREATE TABLE seen (tried bigint);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN INSERT INTO seen SELECT count(*) FROM outbox WHERE attempts > 0; RETURN NULL; END $$;
            CREATE TRIGGER note AFTER DELETE ON outbox FOR EACH ROW WHEN (old.type = 'note.written')
                EXECUTE FUNCTION note();
            INSERT INTO outbox (id, type, payload)
                SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'a.flood', {Poison}
                FROM generate_series(1, 200) n;
            {GoodEvents(1)}
            """
        );
        Pulse(own);
        await Eventually.TrueAsync(async () => await TextAsync(source, "SELECT count(*) FROM seen") == "1");
        // At most what one pass takes of a topic.
        Assert.InRange(long.Parse((await TextAsync(source, "SELECT tried FROM seen"))!, null), 0, 50);
    }

    [Fact]
    public async Task While_nobody_can_be_reached_no_attempt_is_counted()
    {
        await using var other = await ProbeAsync();
        await other.StopAsync(ProbeService.AppId);
        await using var source = NpgsqlDataSource.Create(other.Database(ProbeService.AppId));
        await ExecuteAsync(source, GoodEvents(5));
        using var log = new LogLines();
        await using (
            var app = ProbeService.Build(
                [
                    $"--ConnectionStrings:Database={other.Database(ProbeService.AppId)}",
                    "--urls=http://127.0.0.1:0",
                    "--DAPR_GRPC_ENDPOINT=http://127.0.0.1:9",
                    "--Logging:LogLevel:Default=Warning",
                ],
                builder => builder.Logging.AddProvider(log)
            )
        )
        {
            await app.StartAsync();
            // Also the reason is told, not that there is one.
            await Eventually.TrueAsync(() =>
                Task.FromResult(
                    log.All.Count(l => l.Contains("5 of note.written are not published: Unavailable", default)) > 1
                )
            );
        }
        Assert.Equal("5 0", await TextAsync(source, "SELECT count(*) || ' ' || max(attempts) FROM outbox"));

        await other.StartAsync(ProbeService.AppId);
        await Eventually.TrueAsync(async () => await TextAsync(source, "SELECT count(*) FROM outbox") == "0");
    }

    [Fact]
    public async Task A_batch_costs_one_statement()
    {
        await using var own = await ProbeAsync();
        await using var source = NpgsqlDataSource.Create(own.Database(ProbeService.AppId));
        await ExecuteAsync(
            source,
            $"""
            CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no update is needed'; END $$;
            CREATE TRIGGER never BEFORE UPDATE ON outbox FOR EACH STATEMENT EXECUTE FUNCTION never();
            CREATE TABLE deletes (gone bigint);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN INSERT INTO deletes SELECT count(*) FROM gone HAVING count(*) > 0; RETURN NULL; END $$;
            CREATE TRIGGER note AFTER DELETE ON outbox REFERENCING OLD TABLE AS gone
                FOR EACH STATEMENT EXECUTE FUNCTION note();
            {GoodEvents(40)}
            """
        );
        Pulse(own);
        await Eventually.TrueAsync(async () => await TextAsync(source, "SELECT count(*) FROM outbox") == "0");
        Assert.Equal("40", await TextAsync(source, "SELECT string_agg(gone::text, ' ') FROM deletes"));
    }

    [Fact]
    public async Task Only_an_event_wakes_the_relay()
    {
        await using var own = await ProbeAsync();
        using var signal = new OutboxSignal();
        var options = new DbContextOptionsBuilder<ProbeDb>()
            .UseNpgsql(own.Services(ProbeService.AppId).GetRequiredService<NpgsqlDataSource>())
            .UseSnakeCaseNamingConvention()
            .AddInterceptors(signal)
            .Options;
        foreach (var within in new[] { false, true })
        {
            Assert.False(await WokenAsync(within, _ => { }));
            Assert.True(await WokenAsync(within, db => db.Publish(new NoteWritten(Guid.Empty))));
        }

        async Task<bool> WokenAsync(bool within, Action<ProbeDb> more)
        {
            await using var db = new ProbeDb(options);
            await using var transaction = within ? await db.Database.BeginTransactionAsync() : null;
            db.Add(new Note { Text = "a" });
            more(db);
            await db.SaveChangesAsync();
            if (transaction is not null)
            {
                Assert.False(await signal.WaitAsync(TimeSpan.Zero, default));
                await transaction.CommitAsync();
            }
            return await signal.WaitAsync(TimeSpan.Zero, default);
        }
    }

    private static Task<TestSystem> ProbeAsync(params string[] settings) =>
        new TestSystem().Service(ProbeService.AppId, ProbeService.Build, settings).StartAsync();

    private static void Pulse(TestSystem own) =>
        own.Services(ProbeService.AppId).GetRequiredService<OutboxSignal>().Pulse();

    private static string GoodEvents(int count) =>
        $$"""
            INSERT INTO outbox (id, type, payload) SELECT gen_random_uuid(), 'note.written', jsonb_build_object(
                'noteId', gen_random_uuid(), 'sessionId', gen_random_uuid(), 'expiredAt', now())
            FROM generate_series(1, {{count}});
            """;

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string?> TextAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (await command.ExecuteScalarAsync())?.ToString();
    }
}
