using System.Globalization;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

/// <summary>What the hot path says no with.</summary>
internal static class Refusals
{
    public static ProblemException LimitReached(string detail, int limit) =>
        new(409, "limit-reached", detail) { Extensions = { ["limit"] = limit } };

    /// <summary>Of what the buyer has on hold already, not of what is asked for.</summary>
    public static ProblemException HoldsLimitReached(string detail, int limit) =>
        new(409, "limit-reached", detail) { Extensions = { ["limit"] = limit, ["reason"] = "held" } };

    public static ProblemException PersonLimitReached(int limit, int left) =>
        new(409, "person-limit-reached", $"One person may have {limit} tickets of this session.")
        {
            Extensions = { ["limit"] = limit, ["left"] = left },
        };

    public static ProblemException TooManyLapsedHolds(int seconds) =>
        new(
            429,
            "too-many-lapsed-holds",
            "You let too many holds of this session lapse; try again later.",
            TimeSpan.FromSeconds(seconds)
        );

    public static ProblemException SoldOut(int? item) =>
        new(409, "sold-out", "There are not enough tickets left.") { Extensions = { ["item"] = item } };

    public static ProblemException SeatsTaken(Guid[] seatIds) =>
        new(409, "seats-taken", "Some of the seats are taken.") { Extensions = { ["seatIds"] = seatIds } };

    public static ProblemException SaleNotOpen(string reason, DateTime? opensAt) =>
        new(
            409,
            "sale-not-open",
            reason switch
            {
                "not-yet-open" => "Sales have not opened yet.",
                "closed" => "Sales are closed.",
                _ => "The session is cancelled.",
            }
        )
        {
            Extensions = opensAt is { } at
                ? new Dictionary<string, object?>
                {
                    ["reason"] = reason,
                    ["opensAt"] = at.ToString("O", CultureInfo.InvariantCulture),
                }
                : new Dictionary<string, object?> { ["reason"] = reason },
        };

    public static ProblemException Busy() =>
        new(
            503,
            "busy",
            "Too many buyers at once; try again in a moment.",
            TimeSpan.FromSeconds(HoldWriter.RetryAfterSeconds)
        );
}
