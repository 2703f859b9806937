from django.db import migrations

FORWARD = """
INSERT INTO grid_objectlayer (code, name, name_en, permission, position)
VALUES ('pipes', '地下管线', 'Underground pipes', 'grid.pipes', 30) ON CONFLICT (code) DO NOTHING;
INSERT INTO grid_extrafield (layer_id, key, name, name_en, kind, choices, is_active, position)
SELECT l.id, f.key, f.name, f.name_en, f.kind, f.choices, true, f.position
FROM (VALUES
    ('pipe_kind', '管线种类', 'Kind', 'choice', ARRAY['给水', '排水', '燃气', '热力', '电力', '通信', '工业'], 10),
    ('material', '材质', 'Material', 'text', ARRAY[]::text[], 20),
    ('diameter', '管径（毫米）', 'Diameter (mm)', 'number', ARRAY[]::text[], 30),
    ('depth', '埋深（米）', 'Depth (m)', 'number', ARRAY[]::text[], 40),
    ('laid_on', '敷设日期', 'Laid on', 'date', ARRAY[]::text[], 50)
) AS f (key, name, name_en, kind, choices, position) JOIN grid_objectlayer l ON l.code = 'pipes'
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('grid', '0010_ownership'),
    ]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
