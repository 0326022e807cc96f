namespace Ticketing.Local.Seeding;

/// <param name="What">Who it is, for people.</param>
public sealed record SeedLogin(string What, string Name, string Email, string Password, string Cpf);

/// <summary>People of the demo; their passwords are no secret, the data folder is on one machine.</summary>
public static class SeedLogins
{
    private const string Password = "ticketing-demo-1";

    public static readonly SeedLogin Admin = new(
        "platform admin",
        "Alice Andrade",
        "admin@ticketing.example",
        Password,
        "52998224725"
    );
    public static readonly SeedLogin Organizer = new(
        "organizer (owner)",
        "Otávio Nunes",
        "otavio@aurora.example",
        Password,
        "11144477735"
    );
    public static readonly SeedLogin OtherOrganizer = new(
        "second organizer",
        "Helena Prado",
        "helena@teatro.example",
        Password,
        "39053344705"
    );
    public static readonly SeedLogin Door = new(
        "door operator",
        "Davi Portela",
        "davi@aurora.example",
        Password,
        "86288366757"
    );
    public static readonly SeedLogin Buyer = new(
        "buyer",
        "Ana Beatriz Conceição",
        "ana@example.com",
        Password,
        "14538220620"
    );
    public static readonly SeedLogin OtherBuyer = new(
        "second buyer",
        "João Guimarães",
        "joao@example.com",
        Password,
        "12345678909"
    );

    public static readonly IReadOnlyList<SeedLogin> All = [Buyer, OtherBuyer, Organizer, OtherOrganizer, Door, Admin];
}
