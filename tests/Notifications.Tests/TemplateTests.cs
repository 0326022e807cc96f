using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Notifications.Deliveries;
using Ticketing.Notifications.Mails;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;
using static Ticketing.Notifications.Tests.NotificationsApp;

namespace Ticketing.Notifications.Tests;

/// <summary>Rules with more cases than one can mail.</summary>
public sealed partial class TemplateTests
{
    private static readonly JsonSerializerOptions Indented = new(ServiceDefaultsExtensions.Json)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private static readonly string[] Zones = ["America/Sao_Paulo", "America/Manaus", "America/Noronha", "UTC"];
    private static readonly string[] Pieces =
    [
        .. "<>&\"'\r\n\t;:/= abcé\u2028".Select(c => c.ToString()),
        "🎸",
        "<script>",
        "&lt;",
        "\r\nBcc: x@example.com",
    ];
    private static readonly Gen<string> Tricky = Gen.Int[0, Pieces.Length - 1]
        .Array[0, 60]
        .Select(chosen => string.Concat(chosen.Select(i => Pieces[i])));

    [GeneratedRegex(@"^R\$ \d{1,3}(\.\d{3})*,\d{2}$")]
    private static partial Regex Reais();

    [Fact]
    public void Money_is_written_as_in_brazil_and_reads_back() =>
        Gen.Long[0, 999_999_999_999]
            .Sample(amount =>
            {
                var text = Formats.Of("pt-BR").Money(new(amount, "BRL"));
                Assert.Matches(Reais(), text);
                Assert.Equal(
                    amount,
                    long.Parse(string.Concat(text.Where(char.IsAsciiDigit)), CultureInfo.InvariantCulture)
                );
            });

    [Theory]
    [InlineData(0, "R$ 0,00", "R$0.00")]
    [InlineData(5, "R$ 0,05", "R$0.05")]
    [InlineData(99_999, "R$ 999,99", "R$999.99")]
    [InlineData(100_000, "R$ 1.000,00", "R$1,000.00")]
    [InlineData(123_456_789, "R$ 1.234.567,89", "R$1,234,567.89")]
    public void Money_in_both_languages(long amount, string portuguese, string english)
    {
        Assert.Equal(portuguese, Formats.Of("pt-BR").Money(new(amount, "BRL")));
        Assert.Equal(english, Formats.Of("en").Money(new(amount, "BRL")));
    }

    [Fact]
    public void Dates_are_the_venues_day_and_time() =>
        Gen.Select(
                Gen.DateTime[new DateTime(2000, 1, 1), new DateTime(2100, 1, 1)],
                Gen.Int[0, Zones.Length - 1].Select(i => Zones[i])
            )
            .Sample(
                (time, zone) =>
                {
                    var at = new DateTimeOffset(time.Ticks, TimeSpan.Zero);
                    var local = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(zone));
                    var text = Formats.Of("pt-BR").Date(at, zone);
                    Assert.Contains($", {local.Day} de ", text);
                    var minutes = local.Minute == 0 ? "" : $"{local.Minute:00}";
                    Assert.EndsWith($" de {local.Year}, {local.Hour}h{minutes}", text);
                    Assert.EndsWith(
                        local.ToString(
                            local.Minute == 0 ? ", yyyy, h tt" : ", yyyy, h:mm tt",
                            CultureInfo.InvariantCulture
                        ),
                        Formats.Of("en").Date(at, zone)
                    );
                }
            );

    [Theory]
    [InlineData("pt-BR", "pt-BR")]
    [InlineData("pt", "pt-BR")]
    [InlineData("en", "en")]
    [InlineData("en-US", "en")]
    [InlineData("EN-gb", "en")]
    [InlineData("de", "pt-BR")]
    [InlineData("", "pt-BR")]
    public void An_unknown_language_is_portuguese(string locale, string language) =>
        Assert.Equal(language, Formats.Of(locale).Language);

    private static readonly MailRenderer Renderer = new(
        new(new ServiceCollection().BuildServiceProvider(), NullLoggerFactory.Instance),
        Options.Create(new PublicOptions { BaseUrl = BaseUrl })
    );

    /// <summary>Whatever people wrote: it adds no tag, no line and no control character to a mail.</summary>
    [Fact]
    public async Task No_text_changes_the_shape_of_a_mail()
    {
        var calm = await RenderAsync("x");
        var lines = calm.Text.Count(c => c == '\n');
        var tags = calm.Html.Count(c => c == '<');
        await Gen.OneOf(Gen.String[Gen.Char, 0, 400], Tricky)
            .SampleAsync(async text =>
            {
                var mail = await RenderAsync(text);
                Assert.DoesNotContain(mail.Subject, char.IsControl);
                Assert.Equal(lines, mail.Text.Count(c => c == '\n'));
                Assert.Equal(tags, mail.Html.Count(c => c == '<'));
                Assert.Equal(mail.Subject, MailHeaders.Subject(mail.Subject));
            });

        static Task<Mail> RenderAsync(string text)
        {
            var order = Order(title: text, buyer: text) with
            {
                Number = text,
                VenueName = text,
                VenueCity = text,
                Lines = [new(text, 1, new(1, "BRL"))],
                Total = new(1, "BRL"),
            };
            var ticket = Ticket(text, text, text) with { TicketTypeName = text, PdfPath = text };
            return Renderer.RenderAsync(MailKind.OrderFulfilled, new(order) { Tickets = [ticket] });
        }
    }

    /// <summary>A stranger reads the name of whoever offers a ticket: it is no sentence with a link.</summary>
    [Fact]
    public async Task A_name_becomes_no_link()
    {
        await Gen.OneOf(Gen.String[Gen.Char, 0, 400], Tricky, Gen.Const("Visit https://evil.example/now?x=1 @you"))
            .SampleAsync(async name =>
            {
                var content = Content(MailKind.TransferOffered, "en") with { Sender = name };
                var mail = await Renderer.RenderAsync(MailKind.TransferOffered, content);
                var sender = mail.Subject[..mail.Subject.IndexOf(" offers you", StringComparison.Ordinal)];
                Assert.Matches(@"^[\p{L}\p{Mn}\p{Mc} '’…-]{1,61}$", sender);
            });
    }

    /// <summary>By JSON's rules and, since no surrogate is escaped, by Go's.</summary>
    [Fact]
    public void A_quoted_body_reads_back() =>
        Gen.OneOf(Gen.String[Gen.Char[' ', '\uD7FF'], 0, 400], Tricky)
            .Sample(html =>
            {
                var quoted = MailBody.Quote(html);
                Assert.Equal(html, JsonSerializer.Deserialize<string>(quoted));
                Assert.DoesNotContain(quoted, char.IsControl);
                Assert.DoesNotMatch("""\\ud[89a-f]""", quoted);
            });

    /// <summary>
    /// <c>mails.json</c>: the body that the email binding gets of each kind of mail, for infra/checks/emulators, which
    /// sends it as Dapr's SES binding does. <c>UPDATE_SNAPSHOTS=1</c> writes it.
    /// </summary>
    [Fact]
    public async Task The_mails_on_file_are_what_the_binding_gets()
    {
        var mails = new List<object>();
        foreach (var kind in Enum.GetValues<MailKind>())
        foreach (var locale in new[] { "pt-BR", "en" })
        {
            var mail = await Renderer.RenderAsync(kind, Content(kind, locale));
            var (subject, data) = (MailHeaders.Subject(mail.Subject), MailBody.Quote(mail.Html));
            mails.Add(
                new
                {
                    Kind = kind.ToString(),
                    locale,
                    subject,
                    data,
                }
            );
        }
        var rendered = JsonSerializer.Serialize(mails, Indented) + "\n";
        var path = Path.Combine(TestSystem.RepositoryRoot, "tests", "Notifications.Tests", "mails.json");
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            await File.WriteAllTextAsync(path, rendered, TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), rendered);
    }

    private static MailContent Content(MailKind kind, string locale)
    {
        var order = Order(locale: locale, title: "Rock 🎸 & <b>Café</b> 🇧🇷");
        var ticket = Ticket("E5F6G7H8", "Plateia · A · 13", "Zoë 🎫") with
        {
            PdfPath = "/api/v1/tickets/1/pdf?sig=abc_-123&exp=9",
        };
        return kind switch
        {
            < MailKind.TransferOffered => new(order)
            {
                Tickets = [ticket],
                Reason = kind is MailKind.OrderPartiallyRefunded ? "tickets" : "buyer",
                Voided = kind is MailKind.OrderPartiallyRefunded ? ["E5F6G7H8", "J2K3L4M5"] : [],
                Refunded = new(1_000, "BRL"),
                MovedFrom = order.StartsAt.AddDays(-7),
                Show = kind is MailKind.OrderFulfilled ? ShowOf(order) : null,
                RefundUntil = kind is MailKind.OrderFulfilled ? order.StartsAt.AddDays(-2) : null,
            },
            MailKind.TransferOffered => new()
            {
                Ticket = TicketOf(order),
                Locale = locale,
                Sender = "Zoë 🎫 d'Ávila",
                OpenUntil = order.StartsAt,
                OfferPath = "/transferencias/1/2?key=abc_-123",
            },
            MailKind.OrderDisputed => new()
            {
                Dispute = new(order.Number, order.EventTitle, DisputeState.Opened, order.Total),
                Locale = locale,
                OfferPath = "/organizar/1/pedidos/2",
            },
            MailKind.PayoutAccountChanged => new()
            {
                PayoutAccount = new("…4725", "z…@🎸.example", "…3000", order.StartsAt),
                Locale = locale,
                OfferPath = "/organizar/1/repasses",
            },
            MailKind.TeamInvitation => new()
            {
                Organizer = "Casa <b>de</b> Shows 🎸",
                Role = TeamRole.Door,
                Locale = locale,
                Sender = "Zoë 🎫 d'Ávila",
                OpenUntil = order.StartsAt,
                OfferPath = "/api/v1/organizers/1/invitations/2",
            },
            _ => new()
            {
                Ticket = TicketOf(order),
                Locale = locale,
                Recipient = order.BuyerName,
                MovedFrom = kind is MailKind.TicketRescheduled ? order.StartsAt.AddDays(-7) : null,
                Tickets = kind is MailKind.TransferReceived ? [ticket] : [],
            },
        };
    }

    [Fact]
    public async Task An_invitation_says_who_invites_into_what_and_nothing_of_it_is_markup()
    {
        var mail = await Renderer.RenderAsync(MailKind.TeamInvitation, Content(MailKind.TeamInvitation, "pt-BR"));
        Assert.Contains("Casa <b>de</b> Shows", mail.Subject, StringComparison.Ordinal);
        Assert.Contains("(portaria)", mail.Text, StringComparison.Ordinal);
        Assert.Contains("/api/v1/organizers/1/invitations/2", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", mail.Html, StringComparison.Ordinal);
        Assert.Contains("/api/v1/organizers/1/invitations/2", mail.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("…4321", "Pix key …4321, CPF/CNPJ …4725.")]
    [InlineData(null, "The new one: CPF/CNPJ …4725.")]
    [InlineData("z…@evil.example", "z…@evil.\u200Bexample, CPF")]
    [InlineData("x\r\nBcc: x@a.example", "Pix key x  Bcc:")]
    [InlineData("<a href=//b.example>", "<a href=//b")]
    public async Task A_payout_account_is_what_its_hints_say_and_neither_link_nor_markup(string? pixKey, string said)
    {
        var content = new MailContent
        {
            PayoutAccount = new("…4725", pixKey, null, null),
            Locale = "en",
            OfferPath = "/organizar/1/repasses",
        };
        var mail = await Renderer.RenderAsync(MailKind.PayoutAccountChanged, content);
        Assert.Contains(said, mail.Text, StringComparison.Ordinal);
        Assert.Contains("It is used from now on.", mail.Text, StringComparison.Ordinal);
        // But for our own.
        Assert.Equal(2, mail.Text.Split(".example").Length);
        Assert.DoesNotContain("\nBcc", mail.Text, StringComparison.Ordinal);
        Assert.Equal("Payout account changed", mail.Subject);
        Assert.Equal(2, mail.Html.Split("<a ").Length);
    }

    [Fact]
    public async Task Every_kind_has_its_words_in_both_languages()
    {
        foreach (var kind in Enum.GetValues<MailKind>())
        {
            var portuguese = await Renderer.RenderAsync(kind, Content(kind, "pt-BR"));
            var english = await Renderer.RenderAsync(kind, Content(kind, "en"));
            Assert.NotEqual(portuguese.Subject, english.Subject);
            Assert.NotEqual(portuguese.Text, english.Text);
            Assert.DoesNotContain("{0}", portuguese.Text + portuguese.Html + portuguese.Subject);
            Assert.DoesNotContain("{1}", english.Text + english.Html + english.Subject);
        }
    }

    /// <summary>Of many tickets there is one thing to do; the mail says first what it is about, and when.</summary>
    [Theory]
    [InlineData("pt-BR", "Mostrar os 6 ingressos", "Portas: 19h30", "setor Plateia, fila A, assento 13")]
    [InlineData("en", "Show all 6 tickets", "Doors: 7:30 PM", "section Plateia, row A, seat 13")]
    public async Task Many_tickets_are_opened_by_one_button(string locale, string button, string doors, string place)
    {
        var content = Content(MailKind.OrderFulfilled, locale);
        content = content with
        {
            Tickets = [.. Enumerable.Repeat(content.Tickets[0], 6)],
            PdfPath = "/api/v1/tickets/pdf?orderId=1&key=abc",
        };
        var mail = await Renderer.RenderAsync(MailKind.OrderFulfilled, content);
        if (Environment.GetEnvironmentVariable("KEEP_MAIL") is { } keep)
            await File.WriteAllTextAsync($"{keep}{locale}.html", mail.Html, TestContext.Current.CancellationToken);
        var html = System.Net.WebUtility.HtmlDecode(mail.Html);
        Assert.Single(html.Split("class=\"button\""), part => part.Contains(button, StringComparison.Ordinal));
        Assert.Equal(2, html.Split("class=\"button\"").Length);
        foreach (var body in new[] { mail.Text, html })
        {
            Assert.Contains(button, body);
            Assert.Contains("https://tickets.example/ingressos/por-link?orderId=1&key=abc", body);
            Assert.Contains(doors, body);
            Assert.Contains(place, body);
            Assert.Contains("Praça Ramos de Azevedo, s/n", body);
            Assert.Contains("https://www.google.com/maps/search/?api=1&query=Teatro%20Municipal", body);
            Assert.Contains("/api/v1/sessions/0198d5a0-0000-7000-8000-000000000001/calendar", body);
            Assert.Contains("ola@aurora.example", body);
            Assert.Contains(locale == "en" ? "until Monday, June 21" : "até segunda-feira, 21 de junho", body);
        }
        var order = new[] { "sao-joao.jpg", "Rock 🎸", "2027", doors, "maps", button, "E5F6G7H8" };
        Assert.Equal(
            order,
            order.OrderBy(part =>
                html.LastIndexOf("<body", StringComparison.Ordinal) is var at
                    ? html.IndexOf(part, html.IndexOf("</div>", at, StringComparison.Ordinal), StringComparison.Ordinal)
                    : 0
            )
        );
    }

    [Theory]
    [InlineData("#12345", "javascript:alert(1)")]
    [InlineData("red;background:url(x)", "a@b.example\"><script>")]
    public async Task Colours_and_contacts_are_none_of_the_organizers_markup(string color, string contact)
    {
        var content = Content(MailKind.OrderFulfilled, "en");
        var show = content.Show! with { AccentColor = color, ContactEmail = contact };
        var mail = await Renderer.RenderAsync(MailKind.OrderFulfilled, content with { Show = show });
        Assert.Contains("background:#5B2BD6", mail.Html);
        Assert.DoesNotContain("url(x)", mail.Html);
        Assert.DoesNotContain("<script>", mail.Html);
        Assert.DoesNotContain("href=\"javascript", mail.Html);
    }

    [Theory]
    [InlineData(5_000, "JPY", "JPY 5,000")]
    [InlineData(5_000, "KWD", "KWD 5.000")]
    [InlineData(5_000, "USD", "USD 50.00")]
    public async Task Amounts_have_their_currencys_digits(long amount, string currency, string shown)
    {
        var content = Content(MailKind.OrderRefunded, "en") with { Refunded = new(amount, currency) };
        var mail = await Renderer.RenderAsync(MailKind.OrderRefunded, content);
        Assert.Contains($"Amount refunded: {shown}\n", mail.Text);
    }
}
