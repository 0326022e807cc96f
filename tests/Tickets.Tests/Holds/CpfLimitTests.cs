using System.Net;
using System.Security.Cryptography;
using Ticketing.Contracts;
using Ticketing.Tickets.Holds;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.Holds;

/// <summary>Of a session that sells by CPF one CPF may have so many, whatever the accounts.</summary>
public sealed class CpfLimitTests(TicketsApp app)
{
    private const int Limit = 4;

    /// <summary>As Orders makes it: nobody here knows of whom.</summary>
    private static byte[] NewCpf() => RandomNumberGenerator.GetBytes(32);

    private async Task<(Show Show, Guid Type)> SellAsync(bool requiresCpf = true)
    {
        var show = new Show { MaxPerPerson = Limit, RequiresCpf = requiresCpf };
        var type = show.Standing(200);
        await app.SellAsync(show);
        return (show, type);
    }

    private async Task<(Guid Id, Guid Buyer)> HoldAsync(Show show, Guid type, int quantity, Guid? buyer = null)
    {
        var person = buyer ?? Guid.CreateVersion7();
        using var http = app.Person(person);
        var hold = await (await http.HoldAsync(show.SessionId, Some(type, quantity))).ReadAsync<HoldView>(201);
        return (hold.Id, person);
    }

    private Task<HttpResponseMessage> OrderAsync((Guid Id, Guid Buyer) hold, params byte[][] cpf) =>
        app.AttachAsync(hold.Id, hold.Buyer, cpf: cpf);

    private async Task RefusedAsync((Guid Id, Guid Buyer) hold, int left, params byte[][] cpf)
    {
        var problem = await (await OrderAsync(hold, cpf)).ProblemAsync(409, "person-limit-reached");
        Assert.Equal(Limit, problem.GetProperty("limit").GetInt32());
        Assert.Equal(left, problem.GetProperty("left").GetInt32());
    }

    private async Task BuyAsync((Guid Id, Guid Buyer) hold, params byte[][] cpf)
    {
        (await OrderAsync(hold, cpf)).EnsureSuccessStatusCode();
        (await app.CommitAsync(hold.Id, hold.Buyer)).EnsureSuccessStatusCode();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Ten_accounts_that_order_at_once_by_one_CPF_get_its_limit_exactly(int each)
    {
        var (show, type) = await SellAsync();
        var cpf = NewCpf();
        var holds = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => HoldAsync(show, type, each)));

        var answers = await Task.WhenAll(holds.Select(hold => OrderAsync(hold, cpf)));

        Assert.Equal(Limit / each, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.OK))
            await refused.ProblemAsync(409, "person-limit-reached");
        // Of others as many as they may have.
        (await OrderAsync(await HoldAsync(show, type, Limit), NewCpf())).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task What_was_bought_counts_and_what_came_back_does_not()
    {
        var (show, type) = await SellAsync();
        var cpf = NewCpf();
        var bought = await HoldAsync(show, type, 3);
        await BuyAsync(bought, cpf);
        var other = await HoldAsync(show, type, 2);
        await RefusedAsync(other, 1, cpf);

        // A try that was refused leaves the hold to another CPF, and the same request again is the same.
        (await OrderAsync(other, NewCpf())).EnsureSuccessStatusCode();
        var ordered = await HoldAsync(show, type, 1);
        (await OrderAsync(ordered, cpf)).EnsureSuccessStatusCode();
        (await OrderAsync(ordered, cpf)).EnsureSuccessStatusCode();
        await RefusedAsync(await HoldAsync(show, type, 1), 0, cpf);

        (await app.ReleaseAsync(ordered.Id)).EnsureSuccessStatusCode();
        (await OrderAsync(await HoldAsync(show, type, 1), cpf)).EnsureSuccessStatusCode();
        (await app.VoidAsync(bought.Id)).EnsureSuccessStatusCode();
        (await OrderAsync(await HoldAsync(show, type, 3), cpf)).EnsureSuccessStatusCode();
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task A_late_payment_does_not_go_over_the_limit_either()
    {
        var (show, type) = await SellAsync();
        var cpf = NewCpf();
        var late = await HoldAsync(show, type, 3);
        (await OrderAsync(late, cpf)).EnsureSuccessStatusCode();
        (await app.ReleaseAsync(late.Id)).EnsureSuccessStatusCode();
        await BuyAsync(await HoldAsync(show, type, 2), cpf);

        await (await app.CommitAsync(late.Id, late.Buyer)).ProblemAsync(409, "hold-released");
    }

    [Fact]
    public async Task An_index_by_an_older_key_counts_as_well()
    {
        var (show, type) = await SellAsync();
        var (older, current) = (NewCpf(), NewCpf());
        await BuyAsync(await HoldAsync(show, type, 3), older);

        await RefusedAsync(await HoldAsync(show, type, 2), 1, current, older);
        await BuyAsync(await HoldAsync(show, type, 1), current, older);
        await RefusedAsync(await HoldAsync(show, type, 1), 0, current, older);
    }

    [Fact]
    public async Task Who_names_none_is_asked_for_it_and_where_none_is_asked_for_none_is_kept()
    {
        var (show, type) = await SellAsync();
        var hold = await HoldAsync(show, type, 1);
        var problem = await (await app.AttachAsync(hold.Id, hold.Buyer)).ProblemAsync(422, "invalid");
        Assert.True(problem.GetProperty("errors").TryGetProperty("buyer.cpf", out _));
        // Somebody else's hold is not theirs to name.
        await (await app.AttachAsync(hold.Id, Guid.CreateVersion7(), cpf: [NewCpf()])).ProblemAsync(
            404,
            "hold-not-found"
        );
        await BuyAsync(hold, NewCpf());

        var (free, freeType) = await SellAsync(requiresCpf: false);
        var cpf = NewCpf();
        for (var i = 0; i < 2; i++)
            await BuyAsync(await HoldAsync(free, freeType, Limit), cpf);
        Assert.Equal(
            0L,
            await app.ScalarAsync<long>(
                "SELECT count(*) FROM tickets WHERE session_id = $1 AND cpf_index IS NOT NULL",
                free.SessionId
            )
        );
    }

    [Fact]
    public async Task An_erased_person_s_CPF_is_forgotten()
    {
        var (show, type) = await SellAsync();
        var hold = await HoldAsync(show, type, 1);
        await BuyAsync(hold, NewCpf());
        Assert.Equal(
            HttpStatusCode.OK,
            await app.System.DeliverAsync(AppIds.Tickets, new UserErased(hold.Buyer, DateTimeOffset.UnixEpoch))
        );
        Assert.Equal(
            0L,
            await app.ScalarAsync<long>(
                "SELECT count(*) FROM tickets WHERE order_id = $1 AND cpf_index IS NOT NULL",
                hold.Id
            )
        );
    }
}
