using Npgsql;
using NpgsqlTypes;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// A parameter of the type that its value has in C#, also when it is null: the statement is prepared once, the value is not
/// boxed, and what PostgreSQL would have to guess does not compile.
/// </summary>
public readonly struct SqlValue
{
    private SqlValue(NpgsqlParameter parameter) => Parameter = parameter;

    internal NpgsqlParameter Parameter { get; }

    private static SqlValue Of<T>(T value) => new(new NpgsqlParameter<T> { TypedValue = value });

    public static implicit operator SqlValue(Guid value) => Of(value);

    public static implicit operator SqlValue(Guid? value) => Of(value);

    public static implicit operator SqlValue(string? value) => Of(value);

    public static implicit operator SqlValue(bool value) => Of(value);

    public static implicit operator SqlValue(int value) => Of(value);

    public static implicit operator SqlValue(int? value) => Of(value);

    public static implicit operator SqlValue(long value) => Of(value);

    public static implicit operator SqlValue(long? value) => Of(value);

    public static implicit operator SqlValue(double value) => Of(value);

    public static implicit operator SqlValue(TimeSpan value) => Of(value);

    public static implicit operator SqlValue(DateTimeOffset value) => Of(value.ToUniversalTime());

    public static implicit operator SqlValue(DateTimeOffset? value) => Of(value?.ToUniversalTime());

    public static implicit operator SqlValue(byte[]? value) => Of(value);

    public static implicit operator SqlValue(byte[][] value) => Of(value);

    public static implicit operator SqlValue(Guid[] value) => Of(value);

    public static implicit operator SqlValue(string?[] value) => Of(value);

    public static implicit operator SqlValue(bool[] value) => Of(value);

    public static implicit operator SqlValue(int[] value) => Of(value);

    public static implicit operator SqlValue(long[] value) => Of(value);

    public static implicit operator SqlValue(double[] value) => Of(value);

    public static implicit operator SqlValue(DateTimeOffset[] value) => Of(value);

    /// <summary>A row's version (<c>xmin</c>).</summary>
    public static implicit operator SqlValue(uint value) =>
        new(new NpgsqlParameter<uint> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Xid });

    /// <summary>A transaction's number.</summary>
    public static implicit operator SqlValue(ulong value) =>
        new(new NpgsqlParameter<ulong> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Xid8 });
}
