"""The markets' bounds and change rules, kept as dated data with their sources."""

import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from linkstar.plans.rules import Kind, MarketTerms, Terms

STANDS_IN = "US"
"""The market whose terms are used, marked as not verified, where none are known."""


@cache
def terms_of(market: str) -> MarketTerms:
    """The terms of a market; for one without its own, those of the US, marked as unverified."""
    file = files(__package__).joinpath("data", f"{market}.toml")
    if market != STANDS_IN and not file.is_file():
        borrowed = terms_of(STANDS_IN).terms
        return MarketTerms(market, tuple(replace(t, is_verified=False) for t in borrowed))
    blocks = tomllib.loads(file.read_text(encoding="utf-8"))["terms"]
    return MarketTerms(market, tuple(_terms(block) for block in blocks))


def _terms(block: dict[str, Any]) -> Terms:
    starts_on = block.pop("from")
    return Terms(**{**block, "kind": Kind(block["kind"]), "starts_on": starts_on})
