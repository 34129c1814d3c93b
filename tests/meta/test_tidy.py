"""The house style, as far as a machine can see it: small functions, small files, facts instead of asserts."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHIPPED = ("gateway_mock", "connector_ppp", "contracts")
FUNCTION_LINES_MAX = 40
FILE_LINES_MAX = 400

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*folders: str, pattern: str = "*.py") -> Iterator[tuple[str, str]]:
    """Every file of the folders as (path, text)."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob(pattern)):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def functions(text: str) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, Function))


def lines_of(function: Function) -> int:
    """How many lines a function has, from `def` to its end, its docstring not counted."""
    first = function.body[0]
    docstring = first.end_lineno - first.lineno + 1 if ast.get_docstring(function, clean=False) is not None else 0
    return function.end_lineno - function.lineno + 1 - docstring


def test_functions_are_short():
    """No function of the shipped code has more than 40 lines."""
    long = [
        f"{path}:{function.lineno} {function.name} has {lines_of(function)} lines"
        for path, text in sources(*SHIPPED)
        for function in functions(text)
        if lines_of(function) > FUNCTION_LINES_MAX
    ]
    assert long == []


def test_files_are_short():
    """No file of the shipped code has more than 400 lines."""
    long = [
        f"{path} has {len(text.splitlines())} lines"
        for path, text in sources(*SHIPPED)
        if len(text.splitlines()) > FILE_LINES_MAX
    ]
    assert long == []


def test_shipped_code_never_asserts():
    """`python -O` takes asserts away, so neither input nor invariants may hang on one."""
    found = [
        f"{path}:{node.lineno}"
        for path, text in sources(*SHIPPED)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assert)
    ]
    assert found == []


def test_every_test_states_a_fact():
    """A test function without a docstring does not say what is true when it passes."""
    silent = [
        f"{path}:{function.lineno} {function.name}"
        for path, text in sources("tests", pattern="test_*.py")
        for function in functions(text)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    assert silent == []


def test_the_measure_leaves_the_docstring_out():
    """A function of two lines of code and three of docstring has two lines; nested functions are found."""
    text = 'def outer():\n    """One.\n\n    Two.\n    """\n    def inner(): pass\n'
    assert [(each.name, lines_of(each)) for each in functions(text)] == [("outer", 2), ("inner", 1)]


def test_there_is_something_to_measure():
    """The checks above read the three packages and the tests."""
    assert {path.split("/")[0] for path, _ in sources(*SHIPPED)} == set(SHIPPED)
    assert any(path.startswith("tests") for path, _ in sources("tests", pattern="test_*.py"))
