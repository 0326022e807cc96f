namespace Ticketing.Payments.Ledger;

/// <summary>The ledger's tables and what the database itself holds about them; part of the migration.</summary>
internal static class LedgerSchema
{
    /// <summary>What happened to money that Orders must know of; the predicate of their index.</summary>
    public const string Facts = """
        kind IN ('Settled', 'SettledLate', 'RefundCompleted', 'RefundedByDispute', 'Disputed', 'DisputeWon', 'DisputeLost')
        """;

    /// <summary>
    /// Rows are in the order of (xid, id). What is below the oldest running transaction is complete: a row that is committed
    /// later comes later, so whoever reads on from where he was misses none.
    /// </summary>
    public const string Complete = "xid < pg_snapshot_xmin(pg_current_snapshot())";

    public const string Sql = $"""
        CREATE TABLE ledger_postings (
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
            id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
            kind varchar(30) NOT NULL,
            payment_id uuid NOT NULL,
            -- Of what a payment may have more than one of: its dispute, a refund of a part, or money that nobody asked for.
            reference uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
            order_id uuid NOT NULL,
            debit varchar(20) NOT NULL,
            credit varchar(20) NOT NULL,
            amount bigint NOT NULL CHECK (amount > 0),
            currency varchar(3) NOT NULL,
            at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (xid, id),
            UNIQUE (order_id, payment_id, kind, reference));
        CREATE INDEX ix_ledger_postings_facts ON ledger_postings (xid, id) WHERE {Facts};

        CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'The ledger is append-only.' USING ERRCODE = 'restrict_violation';
        END $$;
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_postings
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

        -- Both sides of each posting; debits are positive, credits negative.
        CREATE VIEW ledger_entries AS
            SELECT xid, id, kind, payment_id, order_id, debit AS account, amount, currency, at FROM ledger_postings
            UNION ALL
            SELECT xid, id, kind, payment_id, order_id, credit, -amount, currency, at FROM ledger_postings;

        -- Sums of all postings up to and with the closed one.
        CREATE TABLE ledger_balances (
            account varchar(20) NOT NULL,
            currency varchar(3) NOT NULL,
            amount bigint NOT NULL,
            PRIMARY KEY (account, currency));
        -- The same by what happened, for each organizer's event.
        CREATE TABLE organizer_totals (
            organizer_id uuid NOT NULL,
            event_id uuid NOT NULL,
            currency varchar(3) NOT NULL,
            kind varchar(30) NOT NULL,
            postings bigint NOT NULL,
            amount bigint NOT NULL,
            PRIMARY KEY (organizer_id, event_id, currency, kind));
        CREATE TABLE ledger_closed (xid xid8 NOT NULL, id bigint NOT NULL);
        INSERT INTO ledger_closed VALUES ('0', 0);

        -- Orders that owe or are owed money although nothing of theirs is open.
        CREATE TABLE ledger_doubts (order_id uuid PRIMARY KEY);
        """;

    public const string Drop = """
        DROP TABLE ledger_doubts, ledger_closed, organizer_totals, ledger_balances;
        DROP VIEW ledger_entries;
        DROP TABLE ledger_postings;
        DROP FUNCTION ledger_is_append_only;
        """;
}
