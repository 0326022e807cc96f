using CsCheck;
using Ticketing.Contracts;
using Ticketing.Orders.Placing;
using Ticketing.Orders.Refunding;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Tests;

public sealed class RuleTests
{
    [Fact]
    public void The_total_is_tickets_and_products_without_the_discount()
    {
        var line = Gen.Select(Gen.Long[0, 1_000_000_00], Gen.Int[1, 100]);
        Gen.Select(line.List[1, 10], line.List[0, 10], Gen.Double.Unit)
            .Sample(
                (tickets, products, share) =>
                {
                    var order = NewOrder(tickets, products);
                    var sum = tickets.Sum(t => t.Item1 * t.Item2);
                    var discount = (long)(sum * share);
                    order.Price(discount);
                    Assert.Equal(sum - discount + products.Sum(p => p.Item1 * p.Item2), order.Total);
                    Assert.Equal(order.Total == 0, order.Status is OrderStatus.Paid);
                    var summary = order.Summary();
                    Assert.Equal(order.Total + discount, summary.Lines.Sum(l => l.UnitPrice.Amount * l.Quantity));
                }
            );
    }

    [Fact]
    public void A_discount_is_never_more_than_the_tickets()
    {
        var order = NewOrder([(1000, 2)], [(5000, 1)]);
        Assert.Throws<InvalidOperationException>(() => order.Price(2001));
        Assert.Throws<InvalidOperationException>(() => order.Price(-1));
    }

    [Fact]
    public void A_sum_that_is_no_amount_of_money_is_no_total() =>
        Assert.Throws<OverflowException>(() => NewOrder([(long.MaxValue / 2, 3)], []).Price(0));

    private static Order NewOrder(List<(long, int)> tickets, List<(long, int)> products) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            Number = OrderNumber.New(),
            BuyerId = Guid.CreateVersion7(),
            OrganizerId = Guid.CreateVersion7(),
            EventId = Guid.CreateVersion7(),
            SessionId = Guid.CreateVersion7(),
            WithdrawalDays = 7,
            WithdrawalEndsHoursBefore = 48,
            Locale = "pt-BR",
            BuyerName = "Maria",
            BuyerEmail = "maria@example.com",
            Attendees = [],
            EventTitle = "Noite",
            VenueName = "Arena",
            VenueCity = "São Paulo",
            TimeZone = "America/Sao_Paulo",
            StartsAt = default,
            Lines =
            [
                .. tickets.Select(t => NewLine(LineKind.Ticket, t)),
                .. products.Select(t => NewLine(LineKind.Product, t)),
            ],
            Currency = "BRL",
            Fingerprint = [],
        };

    private static OrderLine NewLine(LineKind kind, (long Price, int Quantity) of) =>
        new(kind, Guid.CreateVersion7(), "x", null, of.Price, of.Quantity, []);

    [Fact]
    public void A_cpf_with_its_check_digits_is_one_and_with_others_it_is_none()
    {
        Gen.Select(Gen.Char['0', '9'].Array[9], Gen.Int[9, 10], Gen.Int[1, 9])
            .Where((digits, _, _) => digits.Distinct().Count() > 1)
            .Sample(
                (digits, at, by) =>
                {
                    var nine = new string(digits);
                    var ten = nine + CpfDigits.CheckDigit(nine);
                    var cpf = ten + CpfDigits.CheckDigit(ten);
                    var written = $"{cpf[..3]}.{cpf[3..6]}.{cpf[6..9]}-{cpf[9..]}";
                    Assert.Equal(cpf, PlaceOrder.Digits(cpf));
                    Assert.Equal(cpf, PlaceOrder.Digits(written));
                    var changed = cpf.ToCharArray();
                    changed[at] = (char)('0' + (changed[at] - '0' + by) % 10);
                    Assert.Null(PlaceOrder.Digits(new string(changed)));
                }
            );
    }

    [Theory]
    [InlineData("529.982.247-25", "52998224725")]
    [InlineData("111.444.777-35", "11144477735")]
    [InlineData("000.000.000-00", null)]
    [InlineData("529.982.247-26", null)]
    [InlineData("5299822472", null)]
    [InlineData("٥٢٩٩٨٢٢٤٧٢٥", null)]
    public void Known_cpfs(string text, string? digits) => Assert.Equal(digits, PlaceOrder.Digits(text));

    [Fact]
    public void Order_numbers_do_not_look_like_each_other_or_like_something_else()
    {
        var numbers = Enumerable.Range(0, 10_000).Select(_ => OrderNumber.New()).ToList();
        Assert.True(numbers.Distinct().Count() > 9_990);
        Assert.All(numbers, number => Assert.Equal(-1, number.IndexOfAny([.. "01OIL"])));
    }

    [Fact]
    public void The_buyer_withdraws_as_was_agreed_or_after_a_move()
    {
        var bought = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        Gen.Select(Gen.Int[0, 400], Gen.Int[0, 1000], Gen.Int[0, 400].Nullable(), Gen.Int[0, 14], Gen.Int[0, 96])
            .Sample(
                (waited, until, moved, days, hours) =>
                    bought.AddHours(waited)
                        <= RefundRules.EndOf(
                            bought,
                            moved is { } since ? bought.AddHours(since) : null,
                            bought.AddHours(until),
                            TimeSpan.FromDays(days),
                            TimeSpan.FromHours(hours)
                        )
                    == (
                        waited <= days * 24 && until - waited >= hours
                        || moved is not null && waited <= moved + 7 * 24 && waited <= until
                    )
            );
    }

    [Fact]
    public void Without_a_word_it_is_seven_days_and_until_48_hours_before() =>
        Assert.Equal((7, 48), (new OrdersOptions().WithdrawalDays, new OrdersOptions().WithdrawalEndsHoursBefore));
}
