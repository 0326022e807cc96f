namespace Ticketing.LocalPostgres;

/// <summary>A server that answered, and how to stop it (null: it is not ours to stop).</summary>
internal sealed record RunningServer(string ConnectionString, string Description, Func<Task>? Stop);
