using Npgsql;

namespace Ticketing.EmbeddedDapr.Storage;

/// <summary>The runtime's tables. Statements only add: every start runs them all.</summary>
internal static class Schema
{
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS pubsub_subscription (
            id     int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            app_id text NOT NULL,
            pubsub text NOT NULL,
            topic  text NOT NULL,
            -- null while the app still asks for it
            ended_at timestamptz,
            UNIQUE (app_id, pubsub, topic)
        );
        -- One row for each message and subscription, deleted when it is done.
        CREATE TABLE IF NOT EXISTS pubsub_queue (
            id              bigint PRIMARY KEY,
            subscription_id int NOT NULL REFERENCES pubsub_subscription,
            attempts        int NOT NULL DEFAULT 0,
            due_at          timestamptz,
            data            bytea NOT NULL
        );
        CREATE INDEX IF NOT EXISTS pubsub_queue_by_subscription ON pubsub_queue (subscription_id, id);
        -- Messages kept for an app that has not yet said, in this run, what it subscribes to.
        CREATE TABLE IF NOT EXISTS pubsub_held (
            id         bigint PRIMARY KEY,
            app_id     text NOT NULL,
            pubsub     text NOT NULL,
            topic      text NOT NULL,
            held_at    timestamptz NOT NULL DEFAULT now(),
            data       bytea NOT NULL
        );
        """;

    public static async Task CreateAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Tables);
        await command.ExecuteNonQueryAsync(ct);
    }
}
