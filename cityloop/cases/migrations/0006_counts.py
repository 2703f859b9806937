

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0005_participants_moment'),
        ('codes', '0001_initial'),
        ('grid', '0004_component_tallies'),
        ('limits', '0002_published_calendars'),
        ('org', '0003_import_kinds'),
        ('workflow', '0002_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='CellCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cell', models.BigIntegerField(default=0)),
                ('area_code', models.CharField(max_length=15)),
                ('filed', models.BooleanField()),
                ('phase', models.CharField(max_length=20)),
                ('count', models.IntegerField(default=0)),
                ('point', django.contrib.gis.db.models.fields.PointField(null=True, srid=4326)),
            ],
            options={
                'verbose_name': '网格案件数',
            },
        ),
        migrations.CreateModel(
            name='Counted',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='cases.case')),
            ],
            options={
                'verbose_name': '已计案件',
            },
        ),
        migrations.CreateModel(
            name='FeedPosition',
            fields=[
                ('name', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('xid', models.BigIntegerField(default=0)),
                ('event_id', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': '经过流位置',
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=django.contrib.postgres.indexes.GistIndex(models.F('point'), condition=models.Q(('phase', 'ended'), _negated=True), name='case_open_point'),
        ),
        migrations.AddField(
            model_name='cellcount',
            name='commanding',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit'),
        ),
        migrations.AddField(
            model_name='cellcount',
            name='supervising',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit'),
        ),
        migrations.AddField(
            model_name='counted',
            name='place',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cases.cellcount'),
        ),
        migrations.AddConstraint(
            model_name='cellcount',
            constraint=models.UniqueConstraint(fields=('cell', 'area_code', 'supervising', 'commanding', 'filed', 'phase'), name='case_count_once'),
        ),
    ]
