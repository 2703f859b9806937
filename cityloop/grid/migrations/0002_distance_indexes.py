from django.db import migrations

# Nearest neighbours are asked for in metres, so the index must know metres: degrees are not square away from the equator.
INDEXES = """
CREATE INDEX grid_component_metres ON grid_component USING gist ((geom::geography));
CREATE INDEX grid_street_metres ON grid_street USING gist ((geom::geography)) WHERE level = 'ground' AND name <> '';
"""
DROP = "DROP INDEX grid_component_metres; DROP INDEX grid_street_metres;"


class Migration(migrations.Migration):
    dependencies = [("grid", "0001_initial")]
    operations = [migrations.RunSQL(INDEXES, DROP)]
