using Npgsql;

namespace Ticketing.ServiceDefaults;

public static class CommandExtensions
{
    /// <summary>Adds a parameter and answers its place.</summary>
    public static string Add<T>(this NpgsqlCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return $"${command.Parameters.Count}";
    }
}
