"""Counts of components by square, kept by triggers on statements: whoever writes components, however many."""

import django.db.models.deletion
from django.db import migrations, models

# Which squares a set of changed components (minor_id, state, geom, sign) touches, from the finest level up. The finest
# square is a tile of zoom 18; a level's block is the tile four zooms up.
COUNTED = """
    INSERT INTO grid_componenttally (level, block_x, block_y, x, y, minor_id, count, faulty, lon, lat)
    WITH changed AS ({changed}),
    placed AS (
        SELECT minor_id, sign, (state IN ('damaged', 'missing'))::int AS faulty, ST_Centroid(geom) AS at FROM changed),
    fine AS (
        SELECT minor_id,
            floor((ST_X(at) + 180) / 360 * 262144)::int AS x,
            floor((1 - asinh(tan(radians(ST_Y(at)))) / pi()) / 2 * 262144)::int AS y,
            sum(sign) AS count, sum(sign * faulty) AS faulty, sum(sign * ST_X(at)) AS lon, sum(sign * ST_Y(at)) AS lat
        FROM placed GROUP BY 1, 2, 3)
    SELECT level, x >> (22 - level), y >> (22 - level), x >> (18 - level), y >> (18 - level), minor_id,
        sum(count), sum(faulty), sum(lon), sum(lat)
    FROM fine CROSS JOIN (VALUES (12), (14), (16), (18)) AS levels (level)
    GROUP BY 1, 2, 3, 4, 5, 6
    HAVING sum(count) <> 0 OR sum(faulty) <> 0 OR abs(sum(lon)) > 1e-9 OR abs(sum(lat)) > 1e-9;
"""
ALL = COUNTED.format(changed="SELECT minor_id, state, geom, 1 AS sign FROM grid_component WHERE valid_to IS NULL")
ADDED = COUNTED.format(changed="SELECT minor_id, state, geom, 1 AS sign FROM new_rows WHERE valid_to IS NULL")
GONE = COUNTED.format(changed="SELECT minor_id, state, geom, -1 AS sign FROM old_rows WHERE valid_to IS NULL")
# Only what the map shows counts as a change: a new note on a million components must not touch a square.
CHANGED = COUNTED.format(
    changed="""
        SELECT side.minor_id, side.state, side.geom, side.sign
        FROM new_rows n JOIN old_rows o USING (id) CROSS JOIN LATERAL (VALUES
            (n.minor_id, n.state, n.geom, n.valid_to, 1), (o.minor_id, o.state, o.geom, o.valid_to, -1)
        ) AS side (minor_id, state, geom, valid_to, sign)
        WHERE side.valid_to IS NULL AND (
            n.minor_id <> o.minor_id OR n.state <> o.state OR n.geom IS DISTINCT FROM o.geom
            OR (n.valid_to IS NULL) <> (o.valid_to IS NULL))"""
)
FORWARD = f"""
CREATE FUNCTION grid_tally_components() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN {ADDED}
    ELSIF TG_OP = 'DELETE' THEN {GONE}
    ELSE {CHANGED}
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER grid_tally_added AFTER INSERT ON grid_component REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION grid_tally_components();
CREATE TRIGGER grid_tally_gone AFTER DELETE ON grid_component REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION grid_tally_components();
CREATE TRIGGER grid_tally_changed AFTER UPDATE ON grid_component REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION grid_tally_components();
CREATE FUNCTION grid_recount_components() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE grid_component IN SHARE MODE;
    DELETE FROM grid_componenttally;
    {ALL}
END $$;
SELECT grid_recount_components();
"""
BACKWARD = """
DROP TRIGGER grid_tally_added ON grid_component;
DROP TRIGGER grid_tally_gone ON grid_component;
DROP TRIGGER grid_tally_changed ON grid_component;
DROP FUNCTION grid_tally_components();
DROP FUNCTION grid_recount_components();
"""


class Migration(migrations.Migration):
    dependencies = [("codes", "0001_initial"), ("grid", "0003_full_records")]
    operations = [
        migrations.CreateModel(
            name="ComponentTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField()),
                ("block_x", models.IntegerField()),
                ("block_y", models.IntegerField()),
                ("x", models.IntegerField()),
                ("y", models.IntegerField()),
                ("count", models.IntegerField()),
                ("faulty", models.IntegerField()),
                ("lon", models.FloatField()),
                ("lat", models.FloatField()),
                (
                    "minor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="codes.minor",
                    ),
                ),
            ],
            options={
                "verbose_name": "部件计数",
                "verbose_name_plural": "部件计数",
                "indexes": [models.Index("level", "block_x", "block_y", name="grid_tally_of_tile")],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
