"""A published form and a completed response can't be changed, whoever writes to the database."""

from django.db import migrations

FREEZE = """
CREATE FUNCTION questionnaires_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% % is frozen', TG_TABLE_NAME, OLD.id USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER questionnaires_version_frozen BEFORE UPDATE ON questionnaires_questionnaireversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL AND OLD IS DISTINCT FROM NEW)
    EXECUTE FUNCTION questionnaires_frozen();
CREATE TRIGGER questionnaires_response_frozen BEFORE UPDATE ON questionnaires_response
    FOR EACH ROW WHEN (OLD.completed_at IS NOT NULL AND OLD IS DISTINCT FROM NEW)
    EXECUTE FUNCTION questionnaires_frozen();
"""

THAW = """
DROP TRIGGER questionnaires_response_frozen ON questionnaires_response;
DROP TRIGGER questionnaires_version_frozen ON questionnaires_questionnaireversion;
DROP FUNCTION questionnaires_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("questionnaires", "0001_initial")]
    operations = [migrations.RunSQL(FREEZE, THAW)]
