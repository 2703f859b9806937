"""Contiguous groups of cells: communities and duty grids, by cuts in the direction that follows streets best."""

from collections.abc import Sequence
from math import cos, pi, sin

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

DIRECTIONS = 36
Graph = dict[int, dict[int, float]]


def adjacency(shapes: Sequence[Polygon], streets: BaseGeometry) -> Graph:
    """Cost of separating neighbours: metres of shared border, three times as dear where no street runs."""
    tree = shapely.STRtree(shapes)
    graph: Graph = {index: {} for index in range(len(shapes))}
    for one, other in zip(*tree.query(shapes, predicate="intersects"), strict=True):
        if one >= other:
            continue
        border = shapes[one].boundary.intersection(shapes[other].boundary)
        if border.length > 3.0:
            cost = 3 * border.length - 2 * border.intersection(streets).length
            graph[int(one)][int(other)] = graph[int(other)][int(one)] = float(cost)
    return graph


def is_connected(graph: Graph, members: set[int]) -> bool:
    """One can walk between any two of them without leaving them."""
    start = min(members)
    seen, stack = {start}, [start]
    while stack:
        for there in graph[stack.pop()]:
            if there in members and there not in seen:
                seen.add(there)
                stack.append(there)
    return len(seen) == len(members)


def divide(graph: Graph, places: Sequence[tuple[float, float]], members: list[int], *, parts: int) -> list[list[int]]:
    """The members in that many contiguous parts of nearly equal size, compact and along streets."""
    if parts == 1:
        return [members]
    left = parts // 2
    best: tuple[float, list[int], list[int]] | None = None
    for step in range(DIRECTIONS):
        angle = pi * step / DIRECTIONS * 2
        order = sorted(members, key=lambda i: (places[i][0] * cos(angle) + places[i][1] * sin(angle), i))
        fair = round(len(members) * left / parts)
        for size in {fair - 1, fair, fair + 1}:
            first, second = order[:size], order[size:]
            if len(first) < left or len(second) < parts - left:
                continue
            if not (is_connected(graph, set(first)) and is_connected(graph, set(second))):
                continue
            cost = sum(graph[i].get(j, 0.0) for i in first for j in second) * (1 + 0.08 * abs(size - fair))
            if best is None or cost < best[0]:
                best = (cost, first, second)
    if best is None:
        raise ValueError(f"no contiguous cut of {len(members)} cells into {parts} parts")
    return [
        *divide(graph, places, best[1], parts=left),
        *divide(graph, places, best[2], parts=parts - left),
    ]


def reading_order(places: Sequence[tuple[float, float]], members: list[int], *, row: float) -> list[int]:
    """North to south in rows of that many metres, west to east within a row."""
    top = max(places[i][1] for i in members)
    return sorted(members, key=lambda i: (int((top - places[i][1]) / row), places[i][0]))
