"""An in-process DuckDB that knows the grammar of written values."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import duckdb

from linkstar.catalog.tree import english_paths
from linkstar.money.currencies import CURRENCIES

MEMORY_LIMIT = "256MB"
_DISABLED = (
    # Both move casts into the CSV reader, where a cast that may fail becomes one that must not.
    "type_pushdown",
    "scalar_fn_pushdown",
    # Among so many expressions finding shared ones costs more than working them out.
    "common_subexpressions",
    # A short list of words is a comparison, not a join.
    "in_clause",
)
_MACRO = re.compile(r"^\s*CREATE MACRO ", re.MULTILINE)
_CALL = re.compile(r"\b([a-z_]+)\(")


def open_engine(
    *,
    spill: str = "",
    memory_limit: str = MEMORY_LIMIT,
    for_few_rows: bool = False,
    threads: int = 1,
) -> duckdb.DuckDBPyConnection:
    """A fresh connection that knows no macro yet; nothing is kept on disk.

    Args:
        spill: a folder for what does not fit in memory; empty means none.
        memory_limit: as DuckDB spells it.
        for_few_rows: planning would cost more than it saves.
        threads: more than one only for what is read in as many parts, and rows are written in any
            order. Rows of one part are numbered in their order: a second thread would only wait,
            and its buffers would make memory spill.
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "memory_limit": memory_limit,
            "temp_directory": spill,
            "TimeZone": "UTC",
        },
    )
    connection.execute(f"SET threads = {threads}")
    connection.execute(f"SET preserve_insertion_order = {threads == 1}")
    connection.execute(f"SET disabled_optimizers = '{','.join(_DISABLED)}'")
    if for_few_rows:
        connection.execute("PRAGMA disable_optimizer")
    return connection


def macros_named_in(*statements: str) -> str:
    """SQL that defines the macros these statements name, and those they are made of.

    All of them together take longer to define than thousands of rows to read.
    """
    macros = _macros()
    named: set[str] = set()
    told = list(statements)
    while told:
        new = set(_CALL.findall(told.pop())) & macros.keys() - named
        named |= new
        told += [macros[name] for name in new]
    return "".join(text for name, text in macros.items() if name in named)


@cache
def _macros() -> dict[str, str]:
    """Every macro by name: what currencies and categories say, then the forms of values.

    Each is made of those before it alone.
    """
    forms = files(__package__).joinpath("grammar.sql").read_text(encoding="utf-8")
    plain = re.sub(
        r"^--.*\n", "", _currency_macros() + _category_macro() + forms, flags=re.MULTILINE
    )
    return {text.split("(", 1)[0]: f"CREATE MACRO {text}" for text in _MACRO.split(plain)[1:]}


def _currency_macros() -> str:
    """What the macros need to know of each currency, written as SQL."""
    exponents = " ".join(f"WHEN '{c.code}' THEN {c.exponent}" for c in CURRENCIES.values())
    dotted = ", ".join(f"'{c.code}'" for c in CURRENCIES.values() if c.dot_thousands)
    dollars = ", ".join(f"'{c.code}'" for c in CURRENCIES.values() if "$" in c.marks)
    marks = sorted({mark for c in CURRENCIES.values() for mark in c.marks}, key=len, reverse=True)
    own = " ".join(f"WHEN '{c.code}' THEN '{any_of(c.marks)}'" for c in CURRENCIES.values())
    return f"""
    CREATE MACRO exponent_of(cur) AS CASE cur {exponents} END;
    CREATE MACRO writes_dots(cur) AS cur IN ({dotted});
    CREATE MACRO writes_dollar(cur) AS cur IN ({dollars});
    CREATE MACRO is_money_mark(mark) AS mark IN ({", ".join(f"'{mark}'" for mark in marks)});
    CREATE MACRO without_money_mark(mark) AS regexp_replace(mark, '{any_of(marks)}', '');
    CREATE MACRO marks_of(cur) AS CASE cur {own} END;
    """


def _category_macro() -> str:
    """A path in English as far down as the tree knows it, written as SQL."""
    cases = " ".join(
        f"WHEN starts_with(x || ' > ', {text_literal(chinese + ' > ')})"
        f" THEN {text_literal(english)} || x[{len(chinese) + 1} :]"
        for chinese, english in sorted(english_paths().items(), reverse=True)
    )
    return f"CREATE MACRO in_english(x) AS CASE {cases} ELSE x END;"


def text_literal(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def any_of(marks: Iterable[str]) -> str:
    """A regular expression for one of the marks, the longest first."""
    escaped = (re.sub(r"([.$])", r"\\\1", mark) for mark in marks)
    return f"({'|'.join(escaped)})"
