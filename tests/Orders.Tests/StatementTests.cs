using System.Net;
using Ticketing.Contracts;
using UglyToad.PdfPig;

namespace Ticketing.Orders.Tests;

public sealed class StatementTests(OrdersApp app)
{
    private readonly Guid organizer = Guid.CreateVersion7();
    private readonly Guid show = Guid.CreateVersion7();

    private async Task<(HttpResponseMessage Answer, string Text)> GetAsync(Guid by, string query = "")
    {
        using var http = app.System.Client(AppIds.Orders, by);
        var answer = await http.GetAsync(
            $"/api/v1/orders/statements/pdf?organizerId={organizer}&eventId={show}{query}",
            TestContext.Current.CancellationToken
        );
        if (answer.StatusCode != HttpStatusCode.OK)
            return (answer, "");
        Assert.Equal("application/pdf", answer.Content.Headers.ContentType?.MediaType);
        using var pdf = PdfDocument.Open(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(1, pdf.NumberOfPages);
        return (answer, string.Join(' ', pdf.GetPage(1).GetWords().Select(w => w.Text)));
    }

    [Theory]
    [InlineData("", "Extrato do evento", "Líquido R$ 800,00", "−R$ 100,00")]
    [InlineData("&locale=en", "Event statement", "Net R$800.00", "−R$100.00")]
    public async Task A_statement_says_what_came_in_what_went_and_what_is_left(
        string query,
        string title,
        string net,
        string fees
    )
    {
        app.Neighbours.Organizers[show] = organizer;
        app.Neighbours.Totals[organizer] = [new(show, "BRL", 12, 100_000, 10_000, 7_000, 3_000, 1_500)];

        var (_, text) = await GetAsync(await app.NewTeamMemberAsync(organizer), query);

        foreach (var part in new[] { title, net, fees, "Noite de Choro & Canções", "Casa de Shows", "12 pa" })
            Assert.Contains(part, text.Replace('\u00a0', ' ').Replace('-', '−'), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_the_first_sale_it_is_of_nothing()
    {
        app.Neighbours.Organizers[show] = organizer;

        var (_, text) = await GetAsync(await app.NewTeamMemberAsync(organizer));

        Assert.Contains("0 pagamentos", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_for_who_sees_the_organizers_money_alone()
    {
        app.Neighbours.Organizers[show] = organizer;
        var door = await app.NewTeamMemberAsync(organizer, TeamRole.Door);
        var finance = await app.NewTeamMemberAsync(organizer);

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(door)).Answer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(Guid.CreateVersion7())).Answer.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(finance, "&locale=fr")).Answer.StatusCode);
        // Another organizer's event.
        app.Neighbours.Organizers[show] = Guid.CreateVersion7();
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(finance)).Answer.StatusCode);
    }
}
