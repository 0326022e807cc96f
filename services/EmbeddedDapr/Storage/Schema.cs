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
            subscription_id int NOT NULL,
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
        -- One row for each run of a workflow; ids may be reused after the end, numbers never.
        CREATE TABLE IF NOT EXISTS workflow_instance (
            number      bigint PRIMARY KEY,
            app_id      text NOT NULL,
            instance_id text NOT NULL,
            parent      bigint,
            created_at  timestamptz NOT NULL,
            -- null while it runs
            finished_at timestamptz,
            status      int,
            state       bytea
        );
        CREATE INDEX IF NOT EXISTS workflow_instance_by_id ON workflow_instance (app_id, instance_id, number);
        CREATE INDEX IF NOT EXISTS workflow_instance_by_parent ON workflow_instance (parent) WHERE parent IS NOT NULL;
        CREATE INDEX IF NOT EXISTS workflow_instance_live ON workflow_instance (number) WHERE finished_at IS NULL;
        CREATE INDEX IF NOT EXISTS workflow_instance_finished ON workflow_instance (status, finished_at)
            WHERE finished_at IS NOT NULL;
        -- What happened to the instances, in order; only added to while an instance lives.
        CREATE TABLE IF NOT EXISTS workflow_log (
            id       bigint PRIMARY KEY,
            instance bigint NOT NULL,
            kind     smallint NOT NULL,
            data     bytea NOT NULL
        );
        CREATE INDEX IF NOT EXISTS workflow_log_by_instance ON workflow_log (instance, id);
        """;

    public static async Task CreateAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Tables);
        await command.ExecuteNonQueryAsync(ct);
    }
}
