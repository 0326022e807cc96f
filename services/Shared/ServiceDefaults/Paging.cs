using System.ComponentModel.DataAnnotations;
using System.Text;
using Microsoft.AspNetCore.Mvc;

namespace Ticketing.ServiceDefaults;

/// <summary>One page of a list.</summary>
/// <param name="Next">Cursor of the next page; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

public static class Page
{
    /// <summary>From one row more than asked: the extra row only tells that there is a next page.</summary>
    public static Page<T> Of<T>(IReadOnlyList<T> rows, int limit, Func<T, string> cursorOf) =>
        rows.Count <= limit ? new(rows, null) : new([.. rows.Take(limit)], Cursor.Encode(cursorOf(rows[limit - 1])));
}

/// <summary>Query of a list; take it with <c>[AsParameters]</c>.</summary>
public sealed record PageQuery
{
    public const int MaxLimit = 100;
    public const int DefaultLimit = 20;

    /// <summary>Items a page, 1 to 100; 20 when not given.</summary>
    [FromQuery(Name = "limit"), Range(1, MaxLimit)]
    public int? Limit { get; init; }

    /// <summary>The <c>next</c> of the page before.</summary>
    [FromQuery(Name = "cursor"), MaxLength(500)]
    public string? Cursor { get; init; }

    public int Take() => Limit ?? DefaultLimit;

    /// <summary>The decoded cursor; null on the first page.</summary>
    public string? After() => Cursor is null ? null : ServiceDefaults.Cursor.Decode(Cursor);

    /// <summary>The same of a list in the order of its ids.</summary>
    public Guid? AfterId() => Cursor is null ? null : ServiceDefaults.Cursor.DecodeId(Cursor);
}

/// <summary>Cursors are opaque to clients.</summary>
public static class Cursor
{
    public static string Encode(string key) =>
        System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    /// <exception cref="ProblemException">400 when it is not a cursor of ours.</exception>
    public static string Decode(string cursor)
    {
        try
        {
            return Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(cursor));
        }
        catch (FormatException)
        {
            throw Bad();
        }
    }

    /// <summary>For lists in the order of their ids.</summary>
    public static Guid DecodeId(string cursor) => Guid.TryParse(Decode(cursor), out var id) ? id : throw Bad();

    /// <summary>The problem of a cursor that no list gave.</summary>
    public static ProblemException Bad() =>
        new(400, "invalid", "The cursor is not one that this list gave.")
        {
            Errors = new Dictionary<string, string[]> { ["cursor"] = ["Not a cursor of this list."] },
        };
}
