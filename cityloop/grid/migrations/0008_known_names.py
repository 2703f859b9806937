from dataclasses import asdict

from django.db import migrations

from cityloop.base.spelling import spell


def learn(apps, schema_editor):
    """Streets and areas that are there already can be found from now on; later ones are learnt when they are written."""
    name_model = apps.get_model("grid", "PlaceName")

    def row(name, **more):
        return name_model(name=name, **more, **{key: list(v) if isinstance(v, tuple) else v for key, v in asdict(spell(name)).items()})

    streets = apps.get_model("grid", "Street").objects.filter(valid_to=None).exclude(name="")
    names = streets.order_by("name").values_list("name", flat=True).distinct()
    rows = [row(name, kind="standard", rank=1, street=name) for name in names]
    for pk, name in apps.get_model("grid", "Area").objects.filter(valid_to=None).values_list("pk", "name"):
        rows.append(row(name, kind="standard", rank=0, area_id=pk))
    name_model.objects.bulk_create(rows, 2000)


class Migration(migrations.Migration):
    dependencies = [("grid", "0007_places")]
    operations = [migrations.RunPython(learn, migrations.RunPython.noop)]
