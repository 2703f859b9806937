"""Makes the demonstration city's geography from `source/`: run `python demo/make_geography.py`, then read the report.

Outlines of 街道 and communities are invented here; cells and duty grids are made from them by the product's own engine.
The outputs are committed; the product and its tests read only them. The same input and the same version of GEOS give
the same bytes.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

import shapely

FOLDER = Path(__file__).parent / "geography"
SOURCE = Path(__file__).parent / "source"
sys.path.insert(0, str(Path(__file__).parent.parent))

from making.areas import class_cells, make_cells, make_communities, make_duty_grids, make_regions, read_divisions  # noqa: E402
from making.components import place_components  # noqa: E402
from making.network import read_ways  # noqa: E402
from making.outputs import (  # noqa: E402
    lines_of,
    make_streets,
    report,
    write_areas,
    write_cells,
    write_components,
    write_duty_grids,
    write_streets,
)
from making.repair import repair  # noqa: E402


def inspected() -> dict[str, int]:
    """How many duty grids each 街道 has: as many as `people/holders.csv` names."""
    with (FOLDER.parent / "people" / "holders.csv").open(encoding="utf-8", newline="") as file:
        codes = {row["duty_grid"] for row in csv.DictReader(file)}
    return dict(sorted(Counter(code[:9] for code in codes).items()))


def main() -> None:
    """Read, make, write, report."""
    found, points = read_ways(SOURCE / "streets.osm.gz")
    ways = repair(found, points)
    divisions = read_divisions(SOURCE / "divisions.csv")
    streets = make_streets(ways)
    lines = lines_of(streets)
    regions = make_regions(ways, shapely.box(*shapely.MultiPoint(list(points)).bounds))
    communities = make_communities(regions, lines, divisions)
    cells = make_cells(communities, lines)
    class_cells(cells, ways)
    components = place_components(ways, cells)
    make_duty_grids(cells, lines, inspected(), Counter(it.cell.code for it in components))
    FOLDER.mkdir(exist_ok=True)
    write_areas(FOLDER, communities, divisions)
    write_cells(FOLDER, cells)
    write_duty_grids(FOLDER, cells, divisions)
    write_streets(FOLDER, streets)
    write_components(FOLDER, components)
    text = report(FOLDER, cells, components, ways)
    (FOLDER / "REPORT.txt").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
