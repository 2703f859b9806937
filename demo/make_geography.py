"""Makes the demonstration city's geography from `source/`: run `python demo/make_geography.py`, then read the report.

Needs shapely (requirements/dev.txt). The outputs are committed; the product and its tests read only them. The same
input and the same version of GEOS give the same bytes.
"""

from pathlib import Path

import shapely
from making.areas import class_cells, code_cells, cut_cells, read_divisions
from making.components import place_components
from making.network import read_ways
from making.outputs import report, write_areas, write_cells, write_components, write_duty_grids, write_streets
from making.repair import repair

FOLDER = Path(__file__).parent / "geography"
SOURCE = Path(__file__).parent / "source"


def main() -> None:
    """Read, make, write, report."""
    found, points = read_ways(SOURCE / "streets.osm.gz")
    ways = repair(found, points)
    divisions = read_divisions(SOURCE / "divisions.csv")
    cells = cut_cells(ways, shapely.box(*shapely.MultiPoint(list(points)).bounds))
    code_cells(cells, ways, divisions)
    class_cells(cells, ways)
    components = place_components(ways, cells)
    FOLDER.mkdir(exist_ok=True)
    write_areas(FOLDER, cells, divisions)
    write_cells(FOLDER, cells)
    write_duty_grids(FOLDER, cells, divisions)
    write_streets(FOLDER, ways)
    write_components(FOLDER, components)
    text = report(FOLDER, cells, components, ways)
    (FOLDER / "REPORT.txt").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
