"""Heads and checkpoints are append-only like the entries; an entry goes by one narrow door only.

The door is `journal_prune(chain)`: it deletes what a checkpoint covers. A checkpoint is taken only for an entry that
has that hash, that a head covers, and that is more than a year old. The triggers fire even where
`session_replication_role` says otherwise.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION journal_refuse_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('virage.prune', true) = OLD.chain_id AND EXISTS (
        SELECT 1 FROM journal_checkpoint c WHERE c.chain_id = OLD.chain_id AND c.length >= OLD.position
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION journal_take_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seen timestamptz;
BEGIN
    SELECT at INTO seen FROM journal_entry
        WHERE chain_id = NEW.chain_id AND position = NEW.length AND hash = NEW.hash;
    IF seen IS NULL THEN
        RAISE EXCEPTION 'a checkpoint says the hash of an entry' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF seen > now() - interval '1 year' THEN
        RAISE EXCEPTION 'the journal of the last year stays' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM journal_headlink WHERE chain_id = NEW.chain_id AND length >= NEW.length) THEN
        RAISE EXCEPTION 'no head covers this checkpoint' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION journal_prune(which text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    gone bigint;
BEGIN
    PERFORM set_config('virage.prune', which, true);
    DELETE FROM journal_entry WHERE chain_id = which
        AND position <= (SELECT max(length) FROM journal_checkpoint WHERE chain_id = which);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('virage.prune', '', true);
    RETURN gone;
END $$;

DROP TRIGGER journal_entry_append_only ON journal_entry;
CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_entry();
CREATE TRIGGER journal_checkpoint_taken BEFORE INSERT ON journal_checkpoint
    FOR EACH ROW EXECUTE FUNCTION journal_take_checkpoint();
CREATE TRIGGER journal_head_append_only BEFORE UPDATE OR DELETE ON journal_head
    FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_head_no_truncate BEFORE TRUNCATE ON journal_head
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_headlink_append_only BEFORE UPDATE OR DELETE ON journal_headlink
    FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_headlink_no_truncate BEFORE TRUNCATE ON journal_headlink
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_checkpoint_append_only BEFORE UPDATE OR DELETE ON journal_checkpoint
    FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_checkpoint_no_truncate BEFORE TRUNCATE ON journal_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
ALTER TABLE journal_entry ENABLE ALWAYS TRIGGER journal_entry_append_only;
ALTER TABLE journal_entry ENABLE ALWAYS TRIGGER journal_entry_no_truncate;
ALTER TABLE journal_head ENABLE ALWAYS TRIGGER journal_head_append_only;
ALTER TABLE journal_headlink ENABLE ALWAYS TRIGGER journal_headlink_append_only;
ALTER TABLE journal_checkpoint ENABLE ALWAYS TRIGGER journal_checkpoint_append_only;
ALTER TABLE journal_checkpoint ENABLE ALWAYS TRIGGER journal_checkpoint_taken;
"""
BACKWARD = """
DROP TRIGGER journal_checkpoint_no_truncate ON journal_checkpoint;
DROP TRIGGER journal_checkpoint_append_only ON journal_checkpoint;
DROP TRIGGER journal_headlink_no_truncate ON journal_headlink;
DROP TRIGGER journal_headlink_append_only ON journal_headlink;
DROP TRIGGER journal_head_no_truncate ON journal_head;
DROP TRIGGER journal_head_append_only ON journal_head;
DROP TRIGGER journal_checkpoint_taken ON journal_checkpoint;
DROP TRIGGER journal_entry_append_only ON journal_entry;
CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_refuse();
ALTER TABLE journal_entry ENABLE TRIGGER journal_entry_no_truncate;
DROP FUNCTION journal_prune(text);
DROP FUNCTION journal_take_checkpoint();
DROP FUNCTION journal_refuse_entry();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_heads")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
