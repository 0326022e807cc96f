namespace Ticketing.Payments.Ledger;

/// <summary>What the database itself holds about the ledger; part of the migration.</summary>
internal static class LedgerRules
{
    public const string Sql = """
        CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'The ledger is append-only.' USING ERRCODE = 'restrict_violation';
        END $$;

        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

        CREATE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM ledger_entries WHERE transaction_id = NEW.transaction_id
                GROUP BY currency HAVING sum(amount) <> 0)
            THEN
                RAISE EXCEPTION 'Ledger transaction % does not balance.', NEW.transaction_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$;

        CREATE CONSTRAINT TRIGGER balances AFTER INSERT ON ledger_entries
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balances();
        """;
}
