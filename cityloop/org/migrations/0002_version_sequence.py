"""Numbers of OrgVersion: a sequence is never rolled back, so no cache key comes twice."""

from django.db import migrations

FORWARD = "CREATE SEQUENCE org_version_number; INSERT INTO org_orgversion (id, number) VALUES (1, nextval('org_version_number'));"
BACKWARD = "DELETE FROM org_orgversion; DROP SEQUENCE org_version_number;"


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
