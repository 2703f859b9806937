from django.db import migrations

# How far evaluation had followed the feed is kept where every follower keeps it.
FORWARD = """
INSERT INTO cases_feedposition (name, xid, event_id) SELECT 'evaluation', xid, event_id FROM evaluation_position
"""
BACKWARD = """
INSERT INTO evaluation_position (id, xid, event_id)
SELECT 1, xid, event_id FROM cases_feedposition WHERE name = 'evaluation'
"""


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0002_published_stays"), ("cases", "0006_counts")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.DeleteModel(name="Position")]
