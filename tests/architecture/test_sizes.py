"""Small functions, small files, short lists of parameters, imports at the top."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import name_of, python_files, tree_of

EVERYWHERE = ("cityloop", "deploy", "bench", "demo", "tests")
PRODUCT = ("cityloop", "deploy")
FUNCTION_LINES = 60
FUNCTION_LINES_P90 = 30
FILE_LINES = 500
POSITIONAL = 5

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(*folders: str) -> Iterator[tuple[Path, Function]]:
    for path in python_files(*folders):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, Function):
                yield path, node


def length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def spot(path: Path, node: ast.AST) -> str:
    return f"{name_of(path)}:{getattr(node, 'lineno', 0)} {getattr(node, 'name', '')}"


def test_no_function_is_long() -> None:
    long = [spot(path, node) for path, node in functions(*EVERYWHERE) if length(node) > FUNCTION_LINES]
    assert not long, f"more than {FUNCTION_LINES} lines: {long}"


def test_nine_of_ten_functions_are_short() -> None:
    lengths = [length(node) for _path, node in functions(*PRODUCT)]
    p90 = statistics.quantiles(lengths, n=10)[-1]
    assert p90 <= FUNCTION_LINES_P90, f"p90 of {len(lengths)} functions is {p90:.0f} lines"


def test_no_file_is_long() -> None:
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(*EVERYWHERE)}
    assert not {name: lines for name, lines in sizes.items() if lines > FILE_LINES}


def test_few_positional_parameters() -> None:
    many = [spot(path, node) for path, node in functions(*PRODUCT) if len(positional(node)) > POSITIONAL]
    assert not many, f"more than {POSITIONAL} positional parameters; make the rest keyword-only: {many}"


def positional(node: Function) -> list[str]:
    names = [argument.arg for argument in node.args.posonlyargs + node.args.args]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def test_imports_stand_at_the_top() -> None:
    """A hidden import is how a circle is hidden; only `ready` registers names after all apps are loaded."""
    hidden = [
        spot(path, node)
        for path, function in functions(*PRODUCT)
        if not (path.name == "apps.py" and function.name == "ready")
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not hidden, hidden
