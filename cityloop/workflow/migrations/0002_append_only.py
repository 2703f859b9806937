"""The database itself refuses to change or delete a published flow."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION workflow_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER workflow_append_only BEFORE UPDATE OR DELETE ON workflow_flowversion
    FOR EACH ROW EXECUTE FUNCTION workflow_refuse_change();
"""
BACKWARD = """
DROP TRIGGER workflow_append_only ON workflow_flowversion;
DROP FUNCTION workflow_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("workflow", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
