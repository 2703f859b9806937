"""Places from a CSV file (`demo/README.md` has the format), all of them or none."""

from datetime import datetime
from pathlib import Path

from cityloop.base.errors import Refused
from cityloop.base.geometry import read_lonlat
from cityloop.grid.loading import Rows
from cityloop.grid.place_actions import Inserted, NewPlace, check_place, insert_places
from cityloop.org.actor import Actor

SEPARATOR = ";"  # between several aliases


def load_places(path: Path, *, by: Actor, now: datetime) -> Inserted:
    """Store the file's places; a row whose code is known is refreshed. A refusal names the row."""
    rows = Rows(path)
    found = []
    for number, row in rows.lines():
        try:
            new = NewPlace(
                code=row["code"],
                kind=row["kind"],
                name=row["name"],
                category=row["category"],
                street=row["street"],
                number=int(row["number"]) if row["number"].isdecimal() else None,
                inner=row["inner"],
                aliases=_listed(row["aliases"]),
                former=_listed(row["former"]),
                point=read_lonlat([row["lon"], row["lat"]]),
                valid_from=rows.day(number, row["since"]),
                invented=row["invented"] == "1",
            )
        except Refused as no:
            raise rows.refused(number, no.message) from None
        wrong = check_place(new)
        if wrong:
            raise rows.refused(number, wrong)
        found.append(new)
    return insert_places(found, by=by, now=now, batch=path.name)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(SEPARATOR) if part.strip())
