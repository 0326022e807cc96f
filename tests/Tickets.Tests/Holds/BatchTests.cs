using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;
using Ticketing.Tickets.Holds;

namespace Ticketing.Tickets.Tests.Holds;

/// <summary>take_holds and the loop that calls it.</summary>
public sealed class BatchTests(TicketsApp app)
{
    private const int Buyers = 3;
    private const int SeatCount = 6;
    private const int PersonLimit = 14;

    /// <param name="Wants">By ticket type: how many, and of the seated one, which seats (bits).</param>
    private sealed record Ask(int Buyer, int Key, int[] Wants, int Seats);

    // Types 0 and 1 share a pool; 2 has its own.
    private static readonly int[] PoolOfType = [0, 0, 1];
    private static readonly int[] Capacities = [20, 12];

    private static readonly Gen<Ask[]> Batches = Gen.Select(
            Gen.Int[0, Buyers - 1],
            Gen.Int[0, 5], // 0 and 1: without a key
            Gen.Int[0, 3].Array[3],
            Gen.Int[0, (1 << SeatCount) - 1],
            Gen.Bool
        )
        .Select(
            (buyer, key, wants, seats, repeat) =>
                repeat && key > 1 ? new Ask(buyer, key, [1, 0, 1], 0) : new Ask(buyer, key, wants, seats & (seats >> 1))
        )
        .Where(a => a.Wants.Sum() + a.Seats > 0)
        .Array[1, 40];

    [Fact]
    public async Task A_batch_is_decided_as_if_its_requests_came_one_by_one()
    {
        var met = new ConcurrentDictionary<string, bool>();
        await Batches.SampleAsync(
            async batch =>
            {
                var (show, pending) = await PrepareAsync(batch);
                // In two batches, so that the second one meets what the first one left.
                await using var statement = new TakeHolds(app.Database, 600);
                var half = pending.Count / 2;
                if (half > 0)
                    await statement.ExecuteAsync(pending[..half]);
                await statement.ExecuteAsync(pending[half..]);

                var model = new Model(show);
                for (var i = 0; i < pending.Count; i++)
                {
                    var outcome = OutcomeOf(await pending[i].Answer);
                    Assert.Equal(model.Decide(batch[i], pending[i]), outcome);
                    met[outcome.Split(' ')[0]] = true;
                }
                await app.AssertInvariantsAsync(show.SessionId);
            },
            iter: 80,
            threads: 2
        );
        // The samples were worth it.
        Assert.Equal(
            ["granted", "invalid", "limit-reached", "person-limit-reached", "replayed", "seats-taken", "sold-out"],
            met.Keys.Order()
        );
    }

    private async Task<(Show, List<PendingHold>)> PrepareAsync(Ask[] batch)
    {
        var show = new Show { MaxPerPerson = PersonLimit };
        var first = show.Standing(Capacities[0]);
        show.Type(show.PoolOf(first), "Meia", TicketKind.Half);
        show.Standing(Capacities[1]);
        show.Seated(1, SeatCount);
        app.AddSeatMap(show.SeatMap());
        await app.SellAsync(show);
        var buyers = Enumerable.Range(0, Buyers).Select(_ => Guid.CreateVersion7()).ToArray();
        return (
            show,
            [
                .. batch.Select(ask => new PendingHold(
                    Guid.CreateVersion7(),
                    buyers[ask.Buyer],
                    RequestOf(show, ask),
                    ask.Key > 1 ? $"key {ask.Key}" : null,
                    ask.Key > 1 ? HashOf(ask) : null,
                    CancellationToken.None
                )),
            ]
        );
    }

    private static byte[] HashOf(Ask ask) => [.. ask.Wants.Select(w => (byte)w), (byte)ask.Seats];

    private static CreateHold.Request RequestOf(Show show, Ask ask)
    {
        var items = new List<CreateHold.Item>();
        for (var type = 0; type < ask.Wants.Length; type++)
            if (ask.Wants[type] > 0)
                items.Add(new(show.Types[type].Id, ask.Wants[type]));
        var seats = SeatsOf(ask);
        if (seats.Count > 0)
            items.Add(new(show.Types[3].Id, null, [.. seats.Select(s => show.SeatsOf(show.Types[3].Id)[s])]));
        return new(show.SessionId, items);
    }

    private static List<int> SeatsOf(Ask ask) =>
        [.. Enumerable.Range(0, SeatCount).Where(s => (ask.Seats >> s & 1) == 1)];

    private static string OutcomeOf(HoldDecision decision) =>
        decision switch
        {
            { Granted: { } hold } => $"granted {hold.Id}",
            { ReplayOf: { } hold } => $"replayed {hold}",
            { Refusal: { Code: "seats-taken" } refusal } =>
                $"seats-taken {string.Join(' ', (Guid[])refusal.Extensions["seatIds"]!)}",
            { Refusal: { } refusal } => refusal.Code,
            _ => throw new InvalidOperationException(),
        };

    /// <summary>The rules, the plain way.</summary>
    private sealed class Model(Show show)
    {
        private readonly int[] left = [.. Capacities];
        private readonly bool[] taken = new bool[SeatCount];
        private readonly int[] live = new int[Buyers];
        private readonly int[] places = new int[Buyers];
        private readonly Dictionary<(int, int), (Guid Hold, byte[] Hash)> keys = [];

        public string Decide(Ask ask, PendingHold pending)
        {
            if (ask.Key > 1 && keys.TryGetValue((ask.Buyer, ask.Key), out var earlier))
                return earlier.Hash.SequenceEqual(HashOf(ask)) ? $"replayed {earlier.Hold}" : "invalid";
            var seats = SeatsOf(ask);
            var asked = ask.Wants.Sum() + seats.Count;
            if (places[ask.Buyer] + asked > PersonLimit)
                return "person-limit-reached";
            if (live[ask.Buyer] >= HoldLimits.MaxLiveHolds)
                return "limit-reached";
            var gone = seats.Where(s => taken[s]).Select(s => show.SeatsOf(show.Types[3].Id)[s]).ToList();
            if (gone.Count > 0)
                return $"seats-taken {string.Join(' ', gone)}";
            var wanted = new int[Capacities.Length];
            for (var type = 0; type < PoolOfType.Length; type++)
                wanted[PoolOfType[type]] += ask.Wants[type];
            if (wanted.Where((w, pool) => w > left[pool]).Any())
                return "sold-out";
            for (var pool = 0; pool < wanted.Length; pool++)
                left[pool] -= wanted[pool];
            foreach (var seat in seats)
                taken[seat] = true;
            live[ask.Buyer]++;
            places[ask.Buyer] += asked;
            if (ask.Key > 1)
                keys[(ask.Buyer, ask.Key)] = (pending.Id, HashOf(ask));
            return $"granted {pending.Id}";
        }
    }

    private static PendingHold One(Show show, Guid type, int quantity = 1, string? key = null) =>
        new(
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            new(show.SessionId, [new(type, quantity)]),
            key,
            key is null ? null : [1],
            CancellationToken.None
        );

    // The controls: without the lock the same interleaving goes wrong.

    [Theory]
    [InlineData("", "sold-out", 10)]
    [InlineData("FOR NO KEY UPDATE", "granted", 20)]
    public async Task The_pools_lock_is_what_prevents_overselling(string without, string outcome, int held)
    {
        var show = new Show();
        var type = show.Standing(10);
        await app.SellAsync(show);

        Assert.Equal(
            outcome,
            await InterleaveAsync(
                await WithoutAsync(without, ""),
                (show.SessionId, Guid.CreateVersion7(), type, 10),
                (show.SessionId, Guid.CreateVersion7(), type, 10)
            )
        );

        Assert.Equal(
            held,
            await app.ScalarAsync<long>("SELECT sum(quantity) FROM hold_items WHERE pool_id = $1", show.PoolOf(type))
        );
    }

    [Theory]
    [InlineData("", "over-hold-limit")]
    [InlineData("pg_advisory_xact_lock(l.id)", "granted")]
    public async Task The_buyers_lock_is_what_keeps_the_limit_across_pools(string without, string outcome)
    {
        var show = new Show();
        var (one, other) = (show.Standing(10), show.Standing(10));
        await app.SellAsync(show);
        var buyer = Guid.CreateVersion7();

        Assert.Equal(
            outcome,
            await InterleaveAsync(
                await WithoutAsync(without, "1"),
                (show.SessionId, buyer, one, 1),
                (show.SessionId, buyer, other, 1)
            )
        );
    }

    /// <summary>A variant of the function; itself when nothing is left out.</summary>
    private async Task<string> WithoutAsync(string part, string instead)
    {
        if (part.Length == 0)
            return "take_holds";
        using var reader = new StreamReader(
            typeof(TicketsService).Assembly.GetManifestResourceStream("take_holds.sql")!
        );
        var sql = await reader.ReadToEndAsync();
        Assert.Contains(part, sql);
        var name = $"take_holds_{Guid.CreateVersion7():N}";
        await app.ExecuteAsync(sql.Replace(part, instead).Replace("FUNCTION take_holds(", $"FUNCTION {name}("));
        return name;
    }

    /// <summary>
    /// The first request is decided but not committed when the second one comes; it commits once the second is decided
    /// or waits. Answers the second one's outcome, with one live hold a buyer allowed.
    /// </summary>
    private async Task<string> InterleaveAsync(
        string function,
        (Guid Session, Guid Buyer, Guid Type, int Quantity) one,
        (Guid Session, Guid Buyer, Guid Type, int Quantity) two
    )
    {
        await using var first = await app.Database.OpenConnectionAsync();
        await using var second = await app.Database.OpenConnectionAsync();
        await using var transaction = await first.BeginTransactionAsync();
        Assert.Equal("granted", await TakeAsync(first, one));
        var outcome = TakeAsync(second, two);
        await Eventually.TrueAsync(async () =>
            outcome.IsCompleted
            || await app.ScalarAsync<bool>(
                "SELECT coalesce(wait_event_type = 'Lock', false) FROM pg_stat_activity WHERE pid = $1",
                second.ProcessID
            )
        );
        await transaction.CommitAsync();
        return await outcome;

        async Task<string> TakeAsync(
            NpgsqlConnection connection,
            (Guid Session, Guid Buyer, Guid Type, int Quantity) ask
        )
        {
            await using var command = new NpgsqlCommand(
                $"""
                SELECT outcome FROM {function}(600, 1, 40, 5, 3600, ARRAY[gen_random_uuid()], ARRAY[$1], ARRAY[$2],
                    ARRAY[NULL::text], ARRAY[NULL::bytea], ARRAY[1], ARRAY[$3], ARRAY[$4], ARRAY[false],
                    ARRAY[]::int[], ARRAY[]::uuid[])
                """,
                connection
            );
            command.Parameters.AddWithValue(ask.Buyer);
            command.Parameters.AddWithValue(ask.Session);
            command.Parameters.AddWithValue(ask.Type);
            command.Parameters.AddWithValue(ask.Quantity);
            return (string)(await command.ExecuteScalarAsync())!;
        }
    }

    [Fact]
    public async Task Two_writers_over_many_pools_in_any_order_never_deadlock_and_sell_everything_once()
    {
        var show = new Show();
        var types = Enumerable.Range(0, 8).Select(_ => show.Standing(30)).ToArray();
        await app.SellAsync(show);

        await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(async i =>
                {
                    using var http = app.Person();
                    var order = i % 2 == 0 ? types : types.Reverse();
                    var response = await http.HoldAsync(
                        show.SessionId,
                        [.. order.Skip(i % 3).Take(4).Select(t => Wire.Some(t))]
                    );
                    // (A deadlock's victim is told 503.)
                    if (!response.IsSuccessStatusCode)
                        await response.ProblemAsync(409, "sold-out");
                })
        );

        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task A_request_that_the_database_cannot_take_fails_alone()
    {
        var show = new Show();
        var type = show.Standing(100);
        await app.SellAsync(show);
        var writer = app.System.Services(AppIds.Tickets).GetRequiredService<HoldWriter>();

        var poison = writer.DecideAsync(One(show, type, key: "nul \0"));
        var good = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => writer.DecideAsync(One(show, type))));

        Assert.All(good, d => Assert.NotNull(d.Granted));
        await Assert.ThrowsAsync<PostgresException>(() => poison);
        Assert.Equal(50, (await app.PoolAsync(show.PoolOf(type))).Held);
    }

    [Fact]
    public async Task Whoever_left_before_the_decision_takes_nothing()
    {
        var show = new Show();
        var type = show.Standing(100);
        await app.SellAsync(show);
        var writer = app.System.Services(AppIds.Tickets).GetRequiredService<HoldWriter>();

        var gone = writer.DecideAsync(
            new(
                Guid.CreateVersion7(),
                Guid.CreateVersion7(),
                new(show.SessionId, [new(type, 1)]),
                null,
                null,
                new CancellationToken(canceled: true)
            )
        );

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.Equal(0, (await app.PoolAsync(show.PoolOf(type))).Held);
    }

    [Fact]
    [SuppressMessage("Reliability", "CA2012", Justification = "Never answered.")]
    public async Task Too_many_waiting_are_told_to_come_back()
    {
        var before = await app.ScrapeAsync();
        var show = new Show();
        var type = show.Standing(1);
        // Never started: nobody drains it.
        using var writer = ActivatorUtilities.CreateInstance<HoldWriter>(app.System.Services(AppIds.Tickets));
        for (var i = 0; i < HoldWriter.MaxWaiting; i++)
            _ = writer.DecideAsync(One(show, type));

        var busy = (await writer.DecideAsync(One(show, type))).Refusal!;
        Assert.Equal((503, "busy"), (busy.Status, busy.Code));
        Assert.NotNull(busy.RetryAfter);
        const string decisions = "ticketing_holds_decisions_total";
        var after = await app.ScrapeAsync();
        Assert.Equal(1, after.Sum(decisions, ("outcome", "busy")) - before.Sum(decisions, ("outcome", "busy")));
    }
}
