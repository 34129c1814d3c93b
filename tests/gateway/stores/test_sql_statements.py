"""No statement of the SQL store reads rows that it does not need: the time of a unit depends on the unit alone."""

import re
import sqlite3
from contextlib import closing
from dataclasses import asdict

import pytest
from sqlalchemy import create_engine

from gateway_mock.adapters.sql_statements import metadata, statements


def each_text():
    """The name and the text of every statement."""
    for name, kept in asdict(statements(create_engine("sqlite://", paramstyle="named").dialect)).items():
        texts = kept.values() if isinstance(kept, dict) else (kept,) if isinstance(kept, str) else kept
        yield from ((f"{name}-{place}", text) for place, text in enumerate(texts))


TEXTS = dict(each_text())


def plan(folder, text):
    """How SQLite goes about a statement, line by line."""
    engine = create_engine(f"sqlite:///{folder}/plan.db")
    metadata.create_all(engine)
    engine.dispose()
    parameters = dict.fromkeys(re.findall(r":(\w+)", text))
    with closing(sqlite3.connect(folder / "plan.db")) as connection:
        return [line[3] for line in connection.execute(f"EXPLAIN QUERY PLAN {text}", parameters)]


def test_there_are_twenty_one_statements():
    """The next test looks at each of them."""
    assert len(TEXTS) == 21


def test_a_save_of_the_same_owner_leaves_the_owner_alone():
    """A column that is set costs its index a change, whatever it is set to."""
    assert "owner" not in TEXTS["update-0"].partition("WHERE")[0]


@pytest.mark.parametrize("name", TEXTS)
def test_a_statement_searches_an_index_and_sorts_nothing(tmp_path, name):
    """No line of its plan scans a table or sorts in a tree of its own; `hop` is the list of accounts itself."""
    lines = plan(tmp_path, TEXTS[name])
    assert not [line for line in lines if re.search(r"SCAN (?!hop)|TEMP B-TREE", line)]
    assert any("SEARCH" in line for line in lines) or TEXTS[name].startswith("INSERT")
