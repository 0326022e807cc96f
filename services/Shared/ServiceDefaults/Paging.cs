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

    /// <summary>Of a few rows, all of which are here, in the order of their keys; equal ones by their ids.</summary>
    /// <param name="keyOf">Compared character by character; a cursor holds its beginning.</param>
    public static Page<T> Sorted<T>(
        IEnumerable<T> rows,
        Func<T, string> keyOf,
        Func<T, Guid> idOf,
        bool descending,
        PageQuery page
    )
    {
        var order = Comparer<(string Key, Guid Id)>.Create(
            (a, b) =>
                (descending ? -1 : 1)
                * (string.CompareOrdinal(a.Key, b.Key) is not 0 and var unequal ? unequal : a.Id.CompareTo(b.Id))
        );
        var after = page.AfterKey();
        var rest = rows.Select(row => (Row: row, Place: (Key: keyOf(row).Cut(MaxKeyLength), Id: idOf(row))))
            .Where(r => after is not { } place || order.Compare(r.Place, place) > 0)
            .OrderBy(r => r.Place, order)
            .Take(page.Take() + 1)
            .ToList();
        var found = Of(rest, page.Take(), r => Cursor.KeyOf(r.Place.Key, r.Place.Id));
        return new([.. found.Items.Select(r => r.Row)], found.Next);
    }

    /// <summary>Characters, each of up to three bytes, that fit into a cursor.</summary>
    private const int MaxKeyLength = 60;

    /// <summary>More are not put into another order than an index has.</summary>
    public const int MaxSorted = 1_000;

    /// <summary>422: there are more.</summary>
    public static ProblemException TooMany() =>
        new(422, "too-many-found", $"There are more than {MaxSorted}: search for more, or leave the order as it is.");
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

    /// <summary>The same of a list that is ordered by something else, then by its ids.</summary>
    public (string Key, Guid Id)? AfterKey() => Cursor is null ? null : ServiceDefaults.Cursor.DecodeKey(Cursor);
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

    /// <summary>For lists that are ordered by something else, then by their ids: to be encoded.</summary>
    public static string KeyOf(string key, Guid id) => $"{id} {key}";

    public static (string Key, Guid Id) DecodeKey(string cursor) =>
        Decode(cursor).Split(' ', 2) is [var id, var key] && Guid.TryParse(id, out var after)
            ? (key, after)
            : throw Bad();

    /// <summary>The problem of a cursor that no list gave.</summary>
    public static ProblemException Bad() =>
        new(400, "invalid", "The cursor is not one that this list gave.")
        {
            Errors = new Dictionary<string, string[]> { ["cursor"] = ["Not a cursor of this list."] },
        };
}
