namespace Ticketing.Security.Tests;

/// <summary>Who asks; a column of authorization.md.</summary>
internal static class Role
{
    public const string Anonymous = "anonymous";

    /// <summary>An administrator's token, an hour too old.</summary>
    public const string Expired = "expired";

    /// <summary>An administrator's token, signed with a key that is not the provider's.</summary>
    public const string Forged = "forged";

    /// <summary>A person with an account, and nothing else.</summary>
    public const string Stranger = "stranger";

    /// <summary>Whose the order, the hold and the ticket are.</summary>
    public const string Buyer = "buyer";

    /// <summary>Owner of another organizer.</summary>
    public const string Foreign = "foreign";
    public const string Door = "door";
    public const string Finance = "finance";
    public const string Manager = "manager";
    public const string Owner = "owner";
    public const string Admin = "admin";

    public static IReadOnlyList<string> All { get; } =
    [Anonymous, Expired, Forged, Stranger, Buyer, Foreign, Door, Finance, Manager, Owner, Admin];

    /// <summary>Those with an account.</summary>
    public static IEnumerable<string> People => All.Skip(3);

    /// <summary>Those of the organizer's team who are taken into it.</summary>
    public static IReadOnlyList<string> Members { get; } = [Door, Finance, Manager];
}
