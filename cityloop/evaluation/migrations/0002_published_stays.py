"""The database itself refuses to change a published report."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION evaluation_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published report stays as it is: % refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER evaluation_published_stays BEFORE UPDATE OR DELETE ON evaluation_publication
    FOR EACH ROW EXECUTE FUNCTION evaluation_refuse_change();
"""
BACKWARD = """
DROP TRIGGER evaluation_published_stays ON evaluation_publication;
DROP FUNCTION evaluation_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
