"""The check of an import: read, stage, search; everything it finds is a row of `ImportFinding`."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.db import connection

from cityloop.base.coordinates import get_crs
from cityloop.base.errors import Refused
from cityloop.grid.exchange import sql
from cityloop.grid.exchange.layers import LayerSpec, get_spec
from cityloop.grid.exchange.mapping import Mapper, Plan, read_plan
from cityloop.grid.exchange.reading import read_rows
from cityloop.grid.exchange.staging import copy_rows, drop_tables, make_table
from cityloop.grid.models import DataImport, ImportFinding

Progress = Callable[[str, int], None]
# Layers in which two of one kind at one place are one object: the table, and what makes them of one kind.
NEAR: Final = {"components": ("grid_component", "o.minor_id = t.minor_id", "o.minor_id = t.minor_id")}


def check(job: DataImport, path: Path, *, today: date, progress: Progress) -> dict[str, Any]:
    """Read the file into the staging table and check every row; the counts. Whatever was staged before goes.

    Refused when the file cannot be read to its end; nothing is staged then.
    """
    spec = get_spec(job.layer)
    plan = read_plan(job.mapping, spec)
    ImportFinding.objects.filter(data_import=job).delete()
    make_table(job.staged_table, spec)
    try:
        mapper, crs = Mapper(spec, plan), get_crs(plan.crs)
        rows = read_rows(path, plan.part)
        copy_rows(job.staged_table, mapper, rows, crs, lambda count: progress("reading", count))
    except Refused:
        drop_tables(job.staged_table)
        raise
    if mapper.left_out:
        ImportFinding.objects.create(
            data_import=job, row=0, severity="note", code="left_out", value=str(mapper.left_out)
        )
    progress("checking", 0)
    return check_staged(job, spec, plan, today=today)


def check_staged(job: DataImport, spec: LayerSpec, plan: Plan, *, today: date) -> dict[str, Any]:
    """Find everything that is wrong with the rows staged; the counts."""
    table = job.staged_table
    given = {"import": job.pk, "near": plan.near}
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}_read")
        cursor.execute(sql.check_rows(table, spec, get_crs(plan.crs), repair=plan.repair, today=today))
        cursor.execute(f"DROP TABLE {table}_read")
        cursor.execute(f"CREATE INDEX ON {table} USING gist (geom)")
        cursor.execute(f"ANALYZE {table}")
        for statement in searches(spec, plan, table):
            cursor.execute(statement, given)
        cursor.execute(sql.COUNTS.format(table=table), given)
        rows, bad, found = cursor.fetchone()
    return {
        "rows": rows,
        "bad": bad,
        "good": rows - bad,
        "found": found if isinstance(found, dict) else json.loads(found),
    }


def searches(spec: LayerSpec, plan: Plan, table: str) -> list[str]:
    """The statements that write findings down."""
    found = [sql.COLLECT.format(table=table)]
    if "code" in plan.fields:
        found.append(sql.SAME_CODE.format(table=table))
    if spec.name == "cells":
        found.append(sql.OVERLAPS.format(table=table))
    elif plan.near > 0 and spec.name not in ("areas", "streets"):
        stored, in_file, there = NEAR.get(spec.name, ("grid_mapobject", "o.name = t.name", "o.name = t.name"))
        found.append(sql.NEAR_IN_FILE.format(table=table, same=in_file))
        found.append(sql.NEAR_EXISTING.format(table=table, stored=stored, same=there))
    return found
