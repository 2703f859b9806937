"""A part in a case keeps the case's moment, so that the newest of somebody's cases are read in order."""

from django.db import migrations, models
from django.db.models import F, Q

# One statement for all, whatever their number.
FILL = """
UPDATE cases_participant p SET created_at = c.created_at FROM cases_case c WHERE c.id = p.case_id;
ANALYZE cases_participant"""


def newest(role):
    return models.Index(
        role,
        F("created_at").desc(),
        F("case").desc(),
        name=f"participant_{role}_newest",
        condition=Q(**{f"{role}__isnull": False}),
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_callers")]
    operations = [
        migrations.RemoveIndex("participant", "participant_of_person"),
        migrations.RemoveIndex("participant", "participant_of_unit"),
        migrations.AddField("participant", "created_at", models.DateTimeField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("participant", "created_at", models.DateTimeField()),
        migrations.AddIndex("participant", newest("person")),
        migrations.AddIndex("participant", newest("unit")),
    ]
