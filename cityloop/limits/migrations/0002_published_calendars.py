"""The database itself refuses to change or delete a published calendar; only which one is in force changes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION limits_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'in_force' IS DISTINCT FROM to_jsonb(OLD) - 'in_force' THEN
        RAISE EXCEPTION 'a published calendar never changes: % refused', TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER limits_published_calendar BEFORE UPDATE OR DELETE ON limits_calendarversion
    FOR EACH ROW EXECUTE FUNCTION limits_refuse_change();
"""
BACKWARD = """
DROP TRIGGER limits_published_calendar ON limits_calendarversion;
DROP FUNCTION limits_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("limits", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
