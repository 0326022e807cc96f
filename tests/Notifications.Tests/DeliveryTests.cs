using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Notifications.Mails;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;
using static Ticketing.Notifications.Tests.NotificationsApp;

namespace Ticketing.Notifications.Tests;

public sealed class DeliveryTests(NotificationsApp app)
{
    [Fact]
    public async Task A_message_that_comes_again_sends_nothing_again()
    {
        var order = Order();
        var (message, id) = (Fulfilled(order), Guid.CreateVersion7());
        await app.Deliver(message, id);
        await app.Delivery(order.Id, "sent");
        await app.Deliver(message, id);
        await app.Deliver(message);
        var delivery = Assert.Single(await app.Deliveries(order.Id));
        Assert.Equal(("orderFulfilled", "sent", 1), (delivery.Kind, delivery.State, delivery.Attempts));
        await app.MailTo(order.BuyerEmail);
    }

    [Fact]
    public async Task A_mail_that_is_asked_for_again_is_sent_once_for_each_time()
    {
        var order = Order();
        await app.Deliver(Fulfilled(order));
        var again = Fulfilled(order) with { MailRequestId = Guid.CreateVersion7() };
        await app.Deliver(again);
        await app.Deliver(again);
        await app.Deliver(again with { MailRequestId = Guid.CreateVersion7() });
        var mails = await app.MailsTo(order.BuyerEmail, 3);
        Assert.Single(mails.Select(m => m.Subject).Distinct());
        Assert.Equal(3, (await app.Deliveries(order.Id)).Count);
    }

    [Fact]
    public async Task Each_kind_of_an_order_is_sent_once()
    {
        var order = Order();
        await app.Deliver(new OrderExpired(order, order.StartsAt));
        await app.Deliver(Fulfilled(order));
        await app.Deliver(new OrderRefunded(order, order.Total, order.StartsAt));
        await app.Deliver(new OrderRefunded(order, order.Total, order.StartsAt));
        var mails = await app.MailsTo(order.BuyerEmail, 3);
        Assert.Equal(3, mails.Select(m => m.Subject).Distinct().Count());
        Assert.Equal(3, (await app.Deliveries(order.Id)).Count);
    }

    [Fact]
    public async Task Two_replicas_with_many_senders_send_each_mail_once()
    {
        var orders = Enumerable.Range(0, 60).Select(_ => Order()).ToArray();
        await Task.WhenAll(orders.Select(o => app.Deliver(Fulfilled(o))));
        foreach (var order in orders)
        {
            Assert.Equal(1, (await app.Delivery(order.Id, "sent")).Attempts);
            await app.MailTo(order.BuyerEmail);
        }
    }

    [Fact]
    public async Task A_sent_mails_words_are_not_kept()
    {
        var order = Order();
        await app.Deliver(Fulfilled(order));
        await app.Delivery(order.Id, "sent");
        Assert.Equal(
            0L,
            await app.ScalarAsync<long>(
                $"SELECT count(*) FROM deliveries WHERE order_id = '{order.Id}' AND content IS NOT NULL"
            )
        );
    }

    [Fact]
    public async Task Mails_that_wait_are_claimed_and_noted_in_batches()
    {
        var orders = Enumerable.Range(0, 192).Select(_ => Order()).ToArray();
        await app.ExecuteAsync(Waiting(orders));
        foreach (var order in orders)
            await app.Delivery(order.Id, "sent");
        // One statement notes a batch, whose mails share its time.
        var batches = await app.ScalarAsync<long>(
            $"SELECT count(DISTINCT sent_at) FROM deliveries WHERE order_id IN ({Ids(orders)})"
        );
        Assert.InRange(batches, 3, 12);
    }

    private static string Ids(IEnumerable<OrderSummary> orders) => string.Join(',', orders.Select(o => $"'{o.Id}'"));

    /// <summary>Inserts mails as the handlers do.</summary>
    private static string Waiting(IEnumerable<OrderSummary> orders, string claimedUntil = "NULL", int attempts = 0) =>
        "INSERT INTO deliveries (id, order_id, kind, person_id, recipient, content, state, attempts, claimed_until) VALUES "
        + string.Join(
            ',',
            orders.Select(order =>
            {
                var content = System.Text.Json.JsonSerializer.Serialize(
                    new { order, tickets = Array.Empty<int>() },
                    ServiceDefaultsExtensions.Json
                );
                return $"""
                    (gen_random_uuid(), '{order.Id}', 'OrderExpired', '{order.BuyerId}', '{order.BuyerEmail}', $${content}$$, 'Pending', {attempts}, {claimedUntil})
                    """;
            })
        );

    [Theory]
    [InlineData("")]
    [InlineData("nobody")]
    [InlineData("a@example.com;b@example.com")]
    [InlineData("a@example.com,b@example.com")]
    [InlineData("a@example.com\r\nBcc: b@example.com")]
    [InlineData("Ana <a@example.com>")]
    [InlineData("a @example.com")]
    public async Task What_is_not_one_address_is_never_sent_to(string address)
    {
        var order = Order(address);
        await app.Deliver(Fulfilled(order));
        var delivery = await app.Delivery(order.Id, "failed");
        Assert.Equal(1, delivery.Attempts);
        Assert.DoesNotContain("@", delivery.LastError);
    }

    [Theory]
    [InlineData("ana@bücher.example")]
    [InlineData("ana@xn--bcher-kva.example")]
    public async Task An_international_domain_is_written_either_way(string address)
    {
        var order = Order(address);
        await app.Deliver(Fulfilled(order));
        var delivery = await Eventually.GetAsync(
            () => app.Deliveries(order.Id),
            all => all.Any(d => d.State != "pending")
        );
        Assert.Equal("sent", Assert.Single(delivery).State);
    }

    [Fact]
    public void Mail_servers_know_domains_in_ASCII() =>
        Assert.Equal("ana@xn--bcher-kva.example", MailHeaders.Address("ana@bücher.example"));

    [Fact]
    public async Task A_mail_that_cannot_be_sent_is_given_up_after_the_last_try()
    {
        await using var broken = await StartAsync("Notifications:MaxAttempts=3");
        await broken.BreakMailServer();
        var order = Order();
        await broken.Deliver(Fulfilled(order));
        var delivery = await broken.Delivery(order.Id, "failed");
        Assert.Equal(3, delivery.Attempts);
        Assert.StartsWith("Internal: error invoking output binding email: ", delivery.LastError);
    }

    [Fact]
    public async Task A_mail_waits_for_a_mail_server_that_comes_back()
    {
        await using var own = await StartAsync("Notifications:MaxAttempts=100", "Notifications:RetrySeconds=0.2");
        await own.BreakMailServer();
        var order = Order();
        await own.Deliver(Fulfilled(order));
        await Eventually.GetAsync(
            () => own.Deliveries(order.Id),
            found => found.Single() is { State: "pending", Attempts: >= 2, LastError: not null }
        );
        own.RepairMailServer();
        var sent = await own.Delivery(order.Id, "sent");
        Assert.Null(sent.LastError);
        Assert.NotNull(sent.SentAt);
        await own.MailTo(order.BuyerEmail);
    }

    [Fact]
    public async Task Tries_are_spaced()
    {
        await using var broken = await StartAsync("Notifications:RetrySeconds=1000");
        await broken.BreakMailServer();
        var order = Order();
        await broken.Deliver(Fulfilled(order));
        await Eventually.GetAsync(() => broken.Deliveries(order.Id), found => found.Single().LastError is not null);
        var seconds = await broken.ScalarAsync<double>(
            "SELECT extract(epoch FROM next_attempt_at - created_at)::float8 FROM deliveries"
        );
        Assert.InRange(seconds, 1_000, 1_100);
        await broken.ExecuteAsync("UPDATE deliveries SET next_attempt_at = now()");
        await Eventually.GetAsync(() => broken.Deliveries(order.Id), found => found.Single().Attempts == 2);
    }

    [Fact]
    public async Task A_claim_is_respected_until_it_lapses()
    {
        var (claimed, lapsed) = (Order(), Order());
        await app.ExecuteAsync(Waiting([claimed], "now() + interval '1 hour'", attempts: 1));
        // What a sender that died after its claim leaves behind.
        await app.ExecuteAsync(Waiting([lapsed], "now() - interval '1 second'", attempts: 1));
        var sent = await app.Delivery(lapsed.Id, "sent");
        Assert.Equal(2, sent.Attempts);
        var waiting = Assert.Single(await app.Deliveries(claimed.Id));
        Assert.Equal(("pending", 1), (waiting.State, waiting.Attempts));
        await app.ExecuteAsync($"UPDATE deliveries SET claimed_until = now() WHERE order_id = '{claimed.Id}'");
        await app.Delivery(claimed.Id, "sent");
    }

    [Fact]
    public async Task An_erased_persons_address_is_forgotten_also_by_what_comes_later()
    {
        await using var own = await StartAsync("Notifications:RetrySeconds=1000");
        var person = Guid.CreateVersion7();
        var sent = Order(buyerId: person);
        await own.Deliver(Fulfilled(sent));
        await own.Delivery(sent.Id, "sent");
        await own.BreakMailServer();
        var waiting = Order(buyerId: person);
        var other = Order(buyerId: Guid.CreateVersion7());
        await own.Deliver(Fulfilled(waiting));
        await own.Deliver(Fulfilled(other));

        var erased = new UserErased(person, waiting.StartsAt);
        var id = Guid.CreateVersion7();
        await own.Deliver(erased, id);
        await own.Deliver(erased, id);
        await own.Deliver(erased);

        var late = Order(buyerId: person);
        await own.Deliver(new OrderRefunded(late, late.Total, late.StartsAt));
        Assert.Empty(await own.Deliveries(late.Id));
        Assert.Equal("erased", Assert.Single(await own.Deliveries(waiting.Id)).State);
        Assert.Equal("sent", Assert.Single(await own.Deliveries(sent.Id)).State);
        Assert.Equal(
            1L,
            await own.ScalarAsync<long>(
                "SELECT count(*) FROM deliveries WHERE recipient IS NOT NULL OR content IS NOT NULL"
            )
        );
    }

    [Fact]
    public async Task A_person_who_is_erased_while_mails_are_noted_leaves_no_address()
    {
        var orders = Enumerable.Range(0, 40).Select(_ => Order(buyerId: Guid.CreateVersion7())).ToArray();
        await Task.WhenAll(
            orders
                .Select(o => app.Deliver(Fulfilled(o)))
                .Concat(orders.Select(o => app.Deliver(new UserErased(o.BuyerId!.Value, o.StartsAt))))
        );
        var people = string.Join(',', orders.Select(o => $"'{o.BuyerId}'"));
        Assert.Equal(
            0L,
            await app.ScalarAsync<long>(
                $"SELECT count(*) FROM deliveries WHERE person_id IN ({people}) AND recipient IS NOT NULL"
            )
        );
    }

    [Fact]
    public async Task Recipients_are_forgotten_after_a_month_and_mails_after_three()
    {
        await using var own = await StartAsync();
        var (fresh, old, older) = (Order(), Order(), Order());
        foreach (var order in new[] { fresh, old, older })
        {
            await own.Deliver(Fulfilled(order));
            await own.Delivery(order.Id, "sent");
        }
        await own.System.StopAsync(AppIds.Notifications);
        await own.ExecuteAsync(
            $"UPDATE deliveries SET created_at = now() - interval '31 days' WHERE order_id = '{old.Id}'"
        );
        await own.ExecuteAsync(
            $"UPDATE deliveries SET created_at = now() - interval '91 days' WHERE order_id = '{older.Id}'"
        );
        await own.System.StartAsync(AppIds.Notifications);

        await Eventually.HoldsAsync(async () =>
        {
            Assert.Equal(2, await own.ScalarAsync<long>("SELECT count(*) FROM deliveries"));
            Assert.Equal(
                fresh.BuyerEmail,
                await own.ScalarAsync<string>("SELECT string_agg(recipient, ',') FROM deliveries")
            );
        });
        // Told again, the forgotten one sends nothing.
        await own.Deliver(Fulfilled(old));
        Assert.Equal(2, await own.ScalarAsync<long>("SELECT count(*) FROM deliveries"));
    }

    [Fact]
    public async Task A_replica_that_stops_gives_back_what_it_did_not_send()
    {
        await using var own = await StartAsync();
        var orders = Enumerable.Range(0, 200).Select(_ => Order()).ToArray();
        await own.ExecuteAsync(Waiting(orders));
        await own.Deliver(Fulfilled(Order()));
        await own.System.StopAsync(AppIds.Notifications, gracefully: true);
        foreach (var order in orders)
            await Eventually.GetAsync(
                () =>
                    own.ScalarAsync<string>($"SELECT state || attempts FROM deliveries WHERE order_id = '{order.Id}'"),
                told => told == "Sent1"
            );
    }

    [Theory]
    [InlineData("554 rejected: ana.silva+x@example.com is not verified", "554 rejected: *** is not verified")]
    [InlineData("to <ana@example.com>, Ana", "to <***>, Ana")]
    [InlineData("CPF 123.456.789-09 at 2026", "CPF *** at 2026")]
    [InlineData("card 4111 1111 1111 1111 declined", "card *** declined")]
    [InlineData("Can't unquote data field: invalid syntax", "Can't unquote data field: invalid syntax")]
    public void The_reason_of_a_failed_call_is_the_sidecars_own_without_the_person(string detail, string reason)
    {
        var call = new RpcException(new Status(StatusCode.Internal, detail), "Status(…)");
        var failure = new Dapr.DaprException("Binding operation failed. See InnerException for details.", call);
        Assert.Equal("Internal: " + reason, failure.Reason());
        Assert.Equal(reason, new InvalidOperationException(detail).Reason());
    }

    [Fact]
    public async Task Messages_come_from_the_sidecar_alone()
    {
        using var http = app.Anyone();
        using var outside = await http.PostAsJsonAsync("/events/order-fulfilled", new { });
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nobody")]
    [InlineData("<<")]
    public async Task A_sender_that_is_no_address_stops_the_service_at_its_start(string sender)
    {
        await using var system = new TestSystem().Service(
            AppIds.Notifications,
            NotificationsService.Build,
            $"Notifications:From={sender}"
        );
        await Assert.ThrowsAsync<OptionsValidationException>(system.StartAsync);
    }

    [Fact]
    public async Task Only_administrators_list_deliveries()
    {
        var path = $"/api/v1/notifications?orderId={Guid.CreateVersion7()}";
        using var anyone = app.Anyone();
        Assert.Equal(HttpStatusCode.Unauthorized, (await anyone.GetAsync(path)).StatusCode);
        using var person = app.System.Client(AppIds.Notifications, Guid.CreateVersion7());
        Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync(path)).StatusCode);
        using var admin = app.Admin();
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync(path)).StatusCode);
        foreach (var bad in new[] { "", "?orderId=x" })
        {
            using var refused = await admin.GetAsync("/api/v1/notifications" + bad);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            var problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!;
            Assert.Equal("/docs/errors#invalid", (string?)problem["type"]);
        }
    }

    [Fact]
    public Task The_api_document_is_the_committed_one() =>
        OpenApiSnapshot.VerifyAsync(app.System, AppIds.Notifications);

    [Fact]
    public async Task An_invitation_into_a_team_is_mailed_once_and_forgotten_with_its_sender()
    {
        var from = app.Person();
        var to = NotificationsApp.NewAddress();
        var invited = new TeamInvitationOffered(
            Guid.CreateVersion7(),
            "Casa de Shows",
            TeamRole.Finance,
            from.Id,
            to,
            TimeProvider.System.GetUtcNow().AddDays(7),
            "/api/v1/organizers/1/invitations/2"
        );
        await app.Deliver(invited);
        await app.Deliver(invited);

        var mail = await app.MailTo(to);
        Assert.Contains("Casa de Shows", mail.Subject, StringComparison.Ordinal);
        await app.Delivery(invited.InvitationId, "sent");

        await app.Deliver(new UserErased(from.Id, TimeProvider.System.GetUtcNow()));
        await app.Deliver(invited with { InvitationId = Guid.CreateVersion7() });
        Assert.Equal(0L, await app.ScalarAsync<long>($"SELECT count(*) FROM deliveries WHERE recipient = '{to}'"));
    }

    [Theory]
    [InlineData("pt-BR", DisputeState.Opened, "contestou R$ 200,00 no banco")]
    [InlineData("pt-BR", DisputeState.Won, "decidiu a favor da venda")]
    [InlineData("en", DisputeState.Lost, "gave R$200.00 of order")]
    public async Task The_organizers_team_is_told_of_a_dispute_each_in_the_own_language_and_once(
        string locale,
        DisputeState state,
        string sentence
    )
    {
        var (owner, finance) = (app.Person(locale: locale), app.Person(locale: locale));
        var disputed = new OrderDisputed(
            Guid.CreateVersion7(),
            "7GK2M9QX",
            Guid.CreateVersion7(),
            "Rock\r\nBcc: x@example.com",
            Guid.CreateVersion7(),
            state,
            new(20_000, "BRL"),
            [owner.Id, finance.Id, Guid.CreateVersion7()],
            TimeProvider.System.GetUtcNow()
        );
        await app.Deliver(disputed);
        await app.Deliver(disputed);

        foreach (var person in new[] { owner, finance })
        {
            var mail = await app.MailTo(person.Email);
            Assert.Contains("7GK2M9QX", mail.Subject, StringComparison.Ordinal);
            Assert.Contains(sentence, mail.Text.Replace('\u00a0', ' '), StringComparison.Ordinal);
            Assert.Contains($"/organizar/{disputed.OrganizerId}/pedidos/{disputed.OrderId}", mail.Html);
            Assert.DoesNotContain("\nBcc", mail.Text, StringComparison.Ordinal);
        }
        Assert.Equal(2, (await app.Deliveries(disputed.OrderId)).Count);
    }

    [Theory]
    [InlineData("pt-BR", "Conta de repasses trocada", 3, "a partir de sexta-feira, 4 de dezembro de 2026, 12h.")]
    [InlineData("en", "Payout account changed", 3, "used from Friday, December 4, 2026, 12 PM.")]
    [InlineData("pt-BR", "Conta de repasses trocada", 0, "a partir de agora")]
    public async Task The_organizers_team_is_told_of_another_payout_account_each_in_the_own_language_and_once_a_change(
        string locale,
        string subject,
        int days,
        string sentence
    )
    {
        var (owner, finance) = (app.Person(locale: locale), app.Person(locale: "en"));
        var at = new DateTimeOffset(2026, 12, 1, 15, 0, 0, TimeSpan.Zero);
        var changed = new PayoutAccountChanged(
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            owner.Id,
            new("Ana Conceição", "…4725", "z…@evil.example", "…3000", at, at.AddDays(days)),
            [owner.Id, finance.Id, Guid.CreateVersion7()],
            at
        );
        await app.Deliver(changed);
        await app.Deliver(changed);

        var mail = await app.MailTo(owner.Email);
        Assert.Equal(subject, mail.Subject);
        Assert.Contains(sentence, mail.Text, StringComparison.Ordinal);
        foreach (var hint in new[] { "…4725", "z…@", "IBAN …3000" })
            Assert.Contains(hint, mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Ana", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", mail.Text, StringComparison.Ordinal);
        Assert.Contains($"https://tickets.example/organizar/{changed.OrganizerId}/repasses", mail.Html);
        Assert.Equal("Payout account changed", (await app.MailTo(finance.Email)).Subject);
        Assert.Equal(2, (await app.Deliveries(changed.OrganizerId)).Count);

        await app.Deliver(changed with { ChangeId = Guid.CreateVersion7() });
        await app.MailsTo(owner.Email, 2);
        Assert.Equal(4, (await app.Deliveries(changed.OrganizerId)).Count);
    }
}
