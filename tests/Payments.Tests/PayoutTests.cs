using System.Net;
using System.Net.Http.Json;
using CsCheck;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>Of its own, for a batch is of everybody; its books are closed all the time.</summary>
public sealed class PayingOut : PaymentsApp
{
    protected override IReadOnlyList<string> MoreSettings => ["Payments:LedgerClosingSeconds=0.1"];
}

/// <summary>What organizers are owed, and what they are paid.</summary>
public sealed class PayoutTests(PayingOut app) : IClassFixture<PayingOut>
{
    private const string Batches = "/api/v1/payments/payout-batches";
    private const string Payouts = "/api/v1/payments/payouts";
    private const string PixKey = "pix@aurora.example";
    private const string Iban = "DE89370400440532013000";
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow().ToStored();

    private readonly Guid organizer = Guid.CreateVersion7();
    private readonly Guid over = Guid.CreateVersion7();
    private readonly Guid toCome = Guid.CreateVersion7();
    private readonly HttpClient admin = app.System.Client(AppIds.Payments, Guid.CreateVersion7(), "admin");

    private sealed record Batch(
        Guid Id,
        DateTimeOffset CreatedAt,
        Guid CreatedBy,
        int Payouts,
        int Open,
        int LeftOut,
        IReadOnlyList<Money> Totals
    );

    [Fact]
    public async Task What_is_due_is_paid_once_to_the_account_that_was_named()
    {
        await ShowsAsync();
        await SellAsync(over, 15000);
        await SellAsync(toCome, 5000);
        Assert.Equal(new(PaymentsApp.Reais, 13500, 4500, 0, 0, 0), await BalanceAsync());
        await NameAccountAsync();

        var payout = await PaidOutAsync();

        Assert.Equal((13500, PayoutStatus.Created), (payout.Amount.Amount, payout.Status));
        Assert.Equal([new PayoutItem(over, 13500)], payout.Items);
        Assert.Equal("pix p…@aurora.example", payout.Destination);
        Assert.Equal(new(PaymentsApp.Reais, 0, 4500, 0, 13500, 0), await BalanceAsync());
        Assert.Null(await TryPaidOutAsync());

        var file = await admin.GetStringAsync($"{Batches}/{payout.BatchId}/file");
        Assert.StartsWith("payoutId,method,key,holder,taxId,amount,currency\r\n", file, StringComparison.Ordinal);
        Assert.Contains(
            $"{payout.Id},pix,{PixKey},\"Aurora, \"\"Produções\"\"\",11222333000181,135.00,BRL\r\n",
            file,
            StringComparison.Ordinal
        );

        Assert.Equal(PayoutStatus.Paid, (await EndAsync($"{payout.Id}/paid")).Status);
        Assert.Equal(PayoutStatus.Paid, (await EndAsync($"{payout.Id}/paid")).Status);
        Assert.Equal(new(PaymentsApp.Reais, 0, 4500, 0, 0, 13500), await BalanceAsync());
        Assert.DoesNotContain(
            $"{payout.Id}",
            await admin.GetStringAsync($"{Batches}/{payout.BatchId}/file"),
            StringComparison.Ordinal
        );
        Assert.Equal(0, (await BatchAsync(payout.BatchId)).Open);
        await BooksAsync(payout, given: 13500, due: 0, paid: 13500);
        await Eventually.TrueAsync(async () => (await TotalsAsync()).Count == 2);
        var totals = (await TotalsAsync()).Single(t => t.EventId == over);
        Assert.Equal((13500, Now.AddDays(-28)), (totals.PaidOut, totals.PayableFrom));
    }

    [Fact]
    public async Task One_that_fails_or_comes_back_is_part_of_the_balance_again()
    {
        await ShowsAsync();
        await SellAsync(over, 10000);
        await NameAccountAsync();
        var refused = await PaidOutAsync();

        Assert.Equal("Conta encerrada", (await FailAsync(refused.Id)).FailureReason);
        Assert.Equal(PayoutStatus.Failed, (await FailAsync(refused.Id)).Status);
        using (var paid = await admin.PostAsync($"{Payouts}/{refused.Id}/paid", null))
            Assert.Equal("payout-failed", await PaymentsApp.ProblemAsync(paid, HttpStatusCode.Conflict));
        Assert.Equal(9000, (await BalanceAsync()).Available);
        await BooksAsync(refused, given: 0, due: 0, paid: 0);

        var again = await PaidOutAsync();
        await EndAsync($"{again.Id}/paid");
        Assert.Equal(PayoutStatus.Failed, (await FailAsync(again.Id)).Status);
        Assert.Equal(new(PaymentsApp.Reais, 9000, 0, 0, 0, 0), await BalanceAsync());
        await BooksAsync(again, given: 0, due: 0, paid: 0);
        Assert.Equal(9000, (await PaidOutAsync()).Amount.Amount);
        Assert.Equal(
            [PayoutStatus.Created, PayoutStatus.Failed, PayoutStatus.Failed],
            (await ListAsync()).Select(p => p.Status)
        );
    }

    [Fact]
    public async Task What_went_back_after_it_was_paid_out_is_taken_off_the_next()
    {
        await ShowsAsync();
        var order = await SellAsync(over, 10000);
        await NameAccountAsync();
        await EndAsync($"{(await PaidOutAsync()).Id}/paid");

        await app.RefundAsync(order, "after");

        // The fee comes back with it.
        Assert.Equal(new(PaymentsApp.Reais, -9000, 0, 0, 0, 9000), await BalanceAsync());
        Assert.Null(await TryPaidOutAsync());
        var next = Guid.CreateVersion7();
        await ShowAsync(next, Now.AddDays(-30));
        await SellAsync(next, 30000);
        var payout = await PaidOutAsync();
        Assert.Equal(18000, payout.Amount.Amount);
        Assert.Equal(
            new[] { new PayoutItem(over, -9000), new PayoutItem(next, 27000) }.OrderBy(i => i.Amount),
            payout.Items.OrderBy(i => i.Amount)
        );
        Assert.Equal(new(PaymentsApp.Reais, 0, 0, 0, 18000, 9000), await BalanceAsync());
    }

    [Fact]
    public async Task What_a_bank_withholds_waits_for_its_decision()
    {
        await ShowsAsync();
        var payment = await app.CreateAsync(Of(over, 10000, card: true));
        await NameAccountAsync();
        await app.DisputeAsync(payment);
        await app.DisputedAsync(payment.Id);

        Assert.Equal(new(PaymentsApp.Reais, -1000, 0, 10000, 0, 0), await BalanceAsync());
        Assert.Null(await TryPaidOutAsync());

        await app.EndDisputeAsync(payment, won: true);
        await Eventually.TrueAsync(async () => (await BalanceAsync()).Disputed == 0);
        Assert.Equal(9000, (await PaidOutAsync()).Amount.Amount);
    }

    [Fact]
    public async Task A_new_account_is_used_after_some_days_and_what_was_made_goes_where_it_went()
    {
        await ShowsAsync();
        await SellAsync(over, 10000);
        Assert.Null(await TryPaidOutAsync());

        var named = await SetAsync(new("Ana", "529.982.247-25", null, "DE89 3704 0044 0532 0130 00", organizer));
        Assert.Equal(("…4725", null, "…3000"), (named.TaxId, named.PixKey, named.Iban));
        Assert.Equal(named.ChangedAt.AddDays(3), named.UsableFrom);
        Assert.Equal(named, await SetAsync(new(" Ana ", "52998224725", "", Iban, organizer)));
        Assert.Null(await TryPaidOutAsync());
        await LaterAsync();
        // Reais do not go to an IBAN.
        Assert.Null(await TryPaidOutAsync());
        await NameAccountAsync();
        var first = await PaidOutAsync();

        await SetAsync(new("Outra", "11.222.333/0001-81", "+55 11 98765-4321", null, organizer));
        await SellAsync(over, 20000);
        Assert.Null(await TryPaidOutAsync());
        await LaterAsync();
        var second = await PaidOutAsync();

        Assert.Equal(("pix p…@aurora.example", "pix …4321"), (first.Destination, second.Destination));
        Assert.Contains(
            PixKey,
            await admin.GetStringAsync($"{Batches}/{first.BatchId}/file"),
            StringComparison.Ordinal
        );
        Assert.Equal(
            0,
            await app.ScalarAsync(
                "SELECT count(*) FROM payout_accounts WHERE encode(details, 'escape') LIKE '%aurora%' OR encode(details, 'escape') LIKE '%4321%'"
            )
        );
    }

    [Fact]
    public async Task Only_what_is_over_for_some_days_is_due()
    {
        var now = TimeProvider.System.GetUtcNow();
        await ShowAsync(over, now.AddDays(-2).AddHours(1));
        await SellAsync(over, 10000);
        var unknown = Guid.CreateVersion7();
        await SellAsync(unknown, 10000);
        await NameAccountAsync();
        Assert.Equal((0, 18000), await DueAsync());

        await ShowAsync(over, now.AddDays(-2).AddHours(-1), version: 2);
        Assert.Equal((9000, 9000), await DueAsync());
        // What is older changes nothing, and of several the last one counts.
        await ShowAsync(unknown, Now.AddDays(-9), version: 1, Now.AddDays(9));
        Assert.Equal((9000, 9000), await DueAsync());

        async Task<(long, long)> DueAsync()
        {
            var balance = await BalanceAsync();
            return (balance.Available, balance.Pending);
        }
    }

    [Fact]
    public async Task Two_batches_at_once_pay_once()
    {
        await ShowsAsync();
        await SellAsync(over, 10000);
        await NameAccountAsync();

        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => admin.PostAsync(Batches, null)));

        Assert.Single(await ListAsync());
        Assert.Contains(made, r => r.StatusCode == HttpStatusCode.Created);
        foreach (var response in made)
            response.Dispose();
        var payout = (await ListAsync())[0];
        var ends = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(n =>
                    n % 2 == 0
                        ? admin.PostAsync($"{Payouts}/{payout.Id}/paid", null)
                        : admin.PostAsJsonAsync($"{Payouts}/{payout.Id}/failed", new { reason = "x" })
                )
        );
        foreach (var response in ends)
            response.Dispose();
        Assert.Equal(PayoutStatus.Failed, (await ListAsync())[0].Status);
        await BooksAsync(payout, given: 0, due: 0, paid: 0);
        Assert.Equal(9000, (await BalanceAsync()).Available);
    }

    [Fact]
    public async Task A_batch_is_confirmed_as_a_whole()
    {
        await ShowsAsync();
        await SellAsync(over, 10000);
        await NameAccountAsync();
        var payout = await PaidOutAsync();

        using var confirmed = await admin.PostAsync($"{Batches}/{payout.BatchId}/paid", null);
        var batch = await PaymentsApp.ReadAsync<Batch>(confirmed);

        Assert.Equal((1, 0), (batch.Payouts, batch.Open));
        Assert.Equal([new Money(9000, PaymentsApp.Reais)], batch.Totals);
        Assert.Equal(PayoutStatus.Paid, (await ListAsync())[0].Status);
        var listed = await PageAsync<Batch>(Batches + "?limit=1");
        Assert.Equal(batch.Id, Assert.Single(listed.Items).Id);
        Assert.Equal(
            payout.Id,
            Assert.Single((await PageAsync<PayoutSnapshot>($"{Payouts}?batchId={batch.Id}")).Items).Id
        );
    }

    [Fact]
    public async Task What_is_less_than_worth_while_waits()
    {
        await ShowsAsync();
        await SellAsync(over, 110);
        await NameAccountAsync();
        Assert.Equal(99, (await BalanceAsync()).Available);
        Assert.Null(await TryPaidOutAsync());
        await SellAsync(over, 2);
        Assert.Equal(101, (await PaidOutAsync()).Amount.Amount);
    }

    public static TheoryData<string, string, string?, string?, string> Wrong() =>
        new()
        {
            { "", "52998224725", PixKey, null, "holder" },
            { " ", "52998224725", PixKey, null, "holder" },
            { "A\nB", "52998224725", PixKey, null, "holder" },
            { new string('a', 141), "52998224725", PixKey, null, "holder" },
            { "Ana", "52998224726", PixKey, null, "taxId" },
            { "Ana", "11111111111", PixKey, null, "taxId" },
            { "Ana", "00000000000000", PixKey, null, "taxId" },
            { "Ana", "11222333000182", PixKey, null, "taxId" },
            { "Ana", "", PixKey, null, "taxId" },
            { "Ana", "５２９９８２２４７２５", PixKey, null, "taxId" },
            { "Ana", "52998224725", null, null, "pixKey" },
            { "Ana", "52998224725", "", " ", "pixKey" },
            { "Ana", "52998224725", "11987654321", null, "pixKey" },
            { "Ana", "52998224725", "+0511987654321", null, "pixKey" },
            { "Ana", "52998224725", "+5511987654321x", null, "pixKey" },
            { "Ana", "52998224725", "ana@", null, "pixKey" },
            { "Ana", "52998224725", "=cmd@x.example\n", "x", "iban" },
            { "Ana", "52998224725", new string('a', 80) + "@x.example", null, "pixKey" },
            { "Ana", "52998224725", null, "DE89370400440532013001", "iban" },
            { "Ana", "52998224725", null, "DE89", "iban" },
            { "Ana", "52998224725", null, "DE89370400440532013000DE89370400440532013000", "iban" },
            { "Ana", "52998224725", PixKey, "x", "iban" },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task An_account_that_no_bank_has_is_refused(
        string holder,
        string taxId,
        string? pixKey,
        string? iban,
        string field
    )
    {
        using var response = await SendAsync(new(holder, taxId, pixKey, iban, organizer));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains($"\"{field}\":", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Null((await OrganizerAsync()).Account);
    }

    [Theory]
    [InlineData("12ABC34501DE35", "12.abc.345/01DE-35")]
    [InlineData("52998224725", "529.982.247-25")]
    [InlineData("123e4567-e89b-12d3-a456-426655440000", "123E4567-E89B-12D3-A456-426655440000")]
    [InlineData("+5511987654321", "+55 (11) 98765-4321")]
    [InlineData("ana@xn--so-joo-3tae.example", "Ana@são-joão.example")]
    public async Task A_key_is_kept_as_banks_write_it(string kept, string written)
    {
        await SetAsync(new("Ana", "12ABC34501DE35", written, null, organizer));
        await LaterAsync();
        await ShowsAsync();
        await SellAsync(over, 10000);

        var file = await admin.GetStringAsync($"{Batches}/{(await PaidOutAsync()).BatchId}/file");

        Assert.Contains($",pix,{kept},Ana,12ABC34501DE35,90.00,BRL", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_a_spreadsheet_would_run_is_only_text()
    {
        await SetAsync(new("=cmd|' /C calc'!A0", "52998224725", PixKey, null, organizer));
        await LaterAsync();
        await ShowsAsync();
        await SellAsync(over, 10000);

        var file = await admin.GetStringAsync($"{Batches}/{(await PaidOutAsync()).BatchId}/file");

        Assert.Contains(",'=cmd|' /C calc'!A0,", file, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", Batches + "/0198d5a0-0000-7000-8000-000000000001", null, 404)]
    [InlineData("GET", Batches + "/0198d5a0-0000-7000-8000-000000000001/file", null, 404)]
    [InlineData("POST", Batches + "/0198d5a0-0000-7000-8000-000000000001/paid", null, 404)]
    [InlineData("POST", Payouts + "/0198d5a0-0000-7000-8000-000000000001/paid", null, 404)]
    [InlineData("POST", Payouts + "/0198d5a0-0000-7000-8000-000000000001/failed", """{"reason":"x"}""", 404)]
    [InlineData("POST", Payouts + "/0198d5a0-0000-7000-8000-000000000001/failed", """{"reason":""}""", 400)]
    [InlineData("POST", Payouts + "/0198d5a0-0000-7000-8000-000000000001/failed", """{"reason":"  "}""", 400)]
    [InlineData("POST", Payouts + "/0198d5a0-0000-7000-8000-000000000001/failed", "{}", 400)]
    [InlineData("POST", Payouts + "/0198d5a0-0000-7000-8000-000000000001/failed", "[", 400)]
    [InlineData("GET", Payouts + "?batchId=x", null, 400)]
    [InlineData("GET", Payouts + "?cursor=x", null, 400)]
    [InlineData("GET", Payouts + "?limit=0", null, 400)]
    [InlineData("GET", Batches + "?cursor=eA", null, 400)]
    public async Task Nonsense_is_refused(string method, string path, string? body, int status)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await admin.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    private enum Step
    {
        Sell,
        SellOther,
        Refund,
        RefundPart,
        Dispute,
        Win,
        Lose,
        PayOut,
        Paid,
        Fail,
    }

    /// <summary>
    /// Whatever happens to an organizer's money, its net is what it has, waits for, has been paid or is disputed; and each payout
    /// was there to be paid.
    /// </summary>
    [Fact]
    public async Task All_of_the_net_is_somewhere_whatever_happens() =>
        await Gen.Enum<Step>()
            .Array[4, 14]
            .SampleAsync(
                async steps =>
                {
                    var test = new PayoutTests(app);
                    await test.ShowsAsync();
                    await test.NameAccountAsync();
                    var orders = new List<Guid>();
                    foreach (var step in steps)
                        await test.RunAsync(step, orders);
                },
                iter: 15,
                threads: 1
            );

    private async Task RunAsync(Step step, List<Guid> orders)
    {
        var last = orders.Count == 0 ? (Guid?)null : orders[^1];
        switch (step)
        {
            case Step.Sell or Step.SellOther:
                orders.Add(await SellAsync(step == Step.Sell ? over : toCome, 10000, card: true));
                break;
            case Step.Refund when last is { } order:
                using (await app.SendRefundAsync(order, $"{step}-{orders.Count}")) { }
                break;
            case Step.RefundPart when last is { } order:
                using (await app.SendPartAsync(await app.LatestAsync(order), Guid.CreateVersion7(), 3333, fee: 333)) { }
                break;
            case Step.Dispute or Step.Win or Step.Lose when last is { } order:
                var payment = await app.LatestAsync(order);
                if (payment.Status is not PaymentStatus.Settled)
                    break;
                var path = await app.DisputePathAsync(payment);
                using (
                    var done = await app.Sandbox.PostAsync(
                        step == Step.Dispute ? path : $"{path}/{(step == Step.Win ? "win" : "lose")}",
                        null
                    )
                )
                    // Its news is on the way, and must not arrive in the middle of the next step.
                    if (done.IsSuccessStatusCode)
                        await app.DisputeAsync(
                            last.Value,
                            step switch
                            {
                                Step.Win => [DisputeState.Won],
                                Step.Lose => [DisputeState.Lost],
                                // The same once more changes nothing.
                                _ => [DisputeState.NeedsEvidence, DisputeState.Won, DisputeState.Lost],
                            }
                        );
                break;
            case Step.PayOut:
                var before = await BalanceOrNothingAsync();
                var payout = await TryPaidOutAsync();
                Assert.Equal(before.Available >= 100 ? before.Available : null, payout?.Amount.Amount);
                Assert.Equal(payout?.Amount.Amount, payout?.Items.Sum(i => i.Amount));
                break;
            case Step.Paid when (await ListAsync()) is [var newest, ..]:
                using (await admin.PostAsync($"{Payouts}/{newest.Id}/paid", null)) { }
                break;
            case Step.Fail when (await ListAsync()) is [var newest, ..]:
                await FailAsync(newest.Id);
                break;
            default:
                break;
        }
        var balance = await BalanceOrNothingAsync();
        Assert.Equal(
            await app.ScalarAsync(
                """
                SELECT coalesce(sum(CASE WHEN l.account IN ('Sales', 'Refunds', 'Chargebacks') THEN -l.amount END), 0)
                FROM ledger_entries l JOIN payments p ON p.id = l.payment_id
                WHERE p.organizer_id = $1 AND p.status IN ('Settled', 'Refunded')
                """,
                organizer
            ),
            balance.Available + balance.Pending + balance.Disputed + balance.OnItsWay + balance.PaidOut
        );
    }

    private async Task ShowsAsync()
    {
        await ShowAsync(over, Now.AddDays(-30));
        await ShowAsync(toCome, Now.AddDays(30));
    }

    private async Task ShowAsync(Guid eventId, DateTimeOffset end, long version = 1, DateTimeOffset? other = null)
    {
        app.Changes.Events.Enqueue(
            new(
                new(
                    eventId,
                    version,
                    organizer,
                    "Produtora",
                    "Noite",
                    "noite",
                    new(eventId, "Teatro", "Rua A, 1", "São Paulo", "SP", "America/Sao_Paulo"),
                    [
                        .. new[] { (Id: eventId, End: end), (Id: Guid.CreateVersion7(), End: other ?? default) }
                            .Where(s => s.End != default)
                            .Select(s => new SessionSnapshot(
                                s.Id,
                                s.End.AddHours(-3),
                                null,
                                s.End,
                                false,
                                null,
                                [],
                                []
                            )),
                    ]
                ),
                null
            )
        );
        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync("SELECT count(*) FROM sessions WHERE id = $1 AND version = $2", eventId, version) == 1
        );
    }

    private CreatePayment Of(Guid eventId, long amount, bool card = false)
    {
        var order = Guid.CreateVersion7();
        return (
            card ? PaymentsApp.Card(order, "tok_approve", amount: amount) : PaymentsApp.Pix(order, amount: amount)
        ) with
        {
            OrganizerId = organizer,
            EventId = eventId,
        };
    }

    /// <returns>The order.</returns>
    private async Task<Guid> SellAsync(Guid eventId, long amount, bool card = false)
    {
        var payment = Of(eventId, amount, card);
        await app.CreateAsync(payment);
        if (!card)
            await app.PayAsync($"{payment.OrderId:N}01");
        await app.LatestAsync(payment.OrderId, PaymentStatus.Settled);
        return payment.OrderId;
    }

    private async Task<OrganizerBalance> OrganizerAsync() =>
        (
            await app.Payments.GetFromJsonAsync<OrganizerBalance>(
                $"/internal/organizers/{organizer}/balance",
                ServiceDefaultsExtensions.Json
            )
        )!;

    private async Task<CurrencyBalance> BalanceAsync() => Assert.Single((await OrganizerAsync()).Items);

    private async Task<CurrencyBalance> BalanceOrNothingAsync() =>
        (await OrganizerAsync()).Items is [var balance] ? balance : new(PaymentsApp.Reais, 0, 0, 0, 0, 0);

    private async Task<IReadOnlyList<EventTotals>> TotalsAsync() =>
        (
            await app.Payments.GetFromJsonAsync<IReadOnlyList<EventTotals>>(
                $"/internal/organizers/{organizer}/totals",
                ServiceDefaultsExtensions.Json
            )
        )!;

    private Task<HttpResponseMessage> SendAsync(PayoutAccount account) =>
        app.Payments.PutAsJsonAsync(
            $"/internal/organizers/{organizer}/payout-account",
            account,
            ServiceDefaultsExtensions.Json
        );

    private async Task<PayoutAccountView> SetAsync(PayoutAccount account)
    {
        using var response = await SendAsync(account);
        return await PaymentsApp.ReadAsync<PayoutAccountView>(response);
    }

    private async Task NameAccountAsync()
    {
        await SetAsync(new("Aurora, \"Produções\"", "11.222.333/0001-81", PixKey, null, organizer));
        await LaterAsync();
    }

    /// <summary>The days have passed.</summary>
    private Task LaterAsync() =>
        app.ExecuteAsync("UPDATE payout_accounts SET usable_from = now() WHERE organizer_id = $1", organizer);

    /// <summary>The payout of ours in a new batch; null: there is none.</summary>
    private async Task<PayoutSnapshot?> TryPaidOutAsync()
    {
        var before = (await ListAsync()).Select(p => p.Id).ToHashSet();
        using var response = await admin.PostAsync(Batches, null);
        if (response.StatusCode is HttpStatusCode.Conflict)
            Assert.Equal("nothing-to-pay-out", await PaymentsApp.ProblemAsync(response, HttpStatusCode.Conflict));
        else
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await ListAsync()).SingleOrDefault(p => !before.Contains(p.Id));
    }

    private async Task<PayoutSnapshot> PaidOutAsync()
    {
        var payout = await TryPaidOutAsync();
        Assert.NotNull(payout);
        return payout;
    }

    private async Task<IReadOnlyList<PayoutSnapshot>> ListAsync() =>
        (
            await app.Payments.GetFromJsonAsync<Page<PayoutSnapshot>>(
                $"/internal/organizers/{organizer}/payouts?limit=100",
                ServiceDefaultsExtensions.Json
            )
        )!.Items;

    private async Task<Page<T>> PageAsync<T>(string path) =>
        (await admin.GetFromJsonAsync<Page<T>>(path, ServiceDefaultsExtensions.Json))!;

    private async Task<Batch> BatchAsync(Guid id) =>
        (await admin.GetFromJsonAsync<Batch>($"{Batches}/{id}", ServiceDefaultsExtensions.Json))!;

    private async Task<PayoutSnapshot> EndAsync(string path)
    {
        using var response = await admin.PostAsync($"{Payouts}/{path}", null);
        return await PaymentsApp.ReadAsync<PayoutSnapshot>(response);
    }

    private async Task<PayoutSnapshot> FailAsync(Guid id)
    {
        using var response = await admin.PostAsJsonAsync(
            $"{Payouts}/{id}/failed",
            new { reason = " Conta encerrada " }
        );
        return await PaymentsApp.ReadAsync<PayoutSnapshot>(response);
    }

    private async Task BooksAsync(PayoutSnapshot payout, long given, long due, long paid)
    {
        Assert.Equal(given, await app.BalanceAsync(payout.Id, "Payouts"));
        Assert.Equal(-due, await app.BalanceAsync(payout.Id, "PayoutsDue"));
        Assert.Equal(-paid, await app.BalanceAsync(payout.Id, "Provider"));
    }
}
