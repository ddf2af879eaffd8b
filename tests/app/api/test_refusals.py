"""Every refusal by name has its answer: a status, and a sentence in both languages."""

import importlib
import inspect
import pkgutil
from datetime import UTC, datetime

import pytest
from django.utils import translation

import linkstar
from linkstar.api.refusals import REFUSALS
from linkstar.collaborations.rules import NotNow, TermsRefused
from linkstar.recruiting.rules import Expired

BEHIND_THE_API = (
    "accounts", "api", "attribution", "benchmarks", "catalog", "collaborations", "commissions",
    "connectors", "creators", "exchange", "insights", "orders", "plans", "recommendations",
    "recruiting", "settlements", "tracking",
)  # fmt: skip
NOT_ASKED_FOR = {
    "accounts.actions": "people are let in by pages",
    "accounts.api_keys": "keys are made by pages, after signing in again",
    "accounts.inviting": "links are accepted on pages",
    "accounts.saved_views": "tables are remembered by pages, for whoever looks at them",
    "accounts.staffing": "the operator's, on pages",
    "benchmarks.actions": "benchmarks are built by pages and commands",
    "benchmarks.cells": "the same",
    "benchmarks.models": "the same",
    "benchmarks.rules": "the same",
    "benchmarks.stated": "the same",
    "benchmarks.migrations.0002_freeze_published": "the same",
    "catalog.qualifying": "reviewing is on pages",
    "connectors.actions.refusals": "a cancelled run ends by itself",
    "connectors.creator_import": "told row by row",
    "connectors.reading.parsing": "the reader's own",
    "creators.actions.verifying": "profiles are verified by pages",
    "exchange.booking": "settlements say what cannot be exchanged or settled so",
    "exchange.ecb_files": "the bank's files are taken in by pages and commands",
    "exchange.fetching": "an outcome of its own, told on pages",
    "exchange.queries": "named by whoever asks: a statement waits, a currency stays",
    "insights.benchmark_files": "files are taken in by pages",
    "insights.loose": "the library's own",
    "orders.rules": "told line by line, among the problems",
    "settlements.account_rules": "bank accounts are stated on pages, after signing in again",
    "settlements.actions.banking": "the same",
    "settlements.actions.closing": "only periods that are over are asked for",
    "settlements.actions.importing": "the bank's files are taken in by pages",
    "settlements.actions.paying": "paying is done by pages, after signing in again",
    "settlements.documents": "documents are drawn by pages",
    "settlements.sealing": "a broken installation",
    "settlements.status_files": "news of payments comes as JSON",
    "tracking.network_lists": "the operator's lists",
}


def refusals() -> dict[str, type[Exception]]:
    """Every exception that is defined behind the API, by module and name."""
    found = {}
    for module in pkgutil.walk_packages(linkstar.__path__, "linkstar."):
        name = module.name.removeprefix("linkstar.")
        if not name.startswith(tuple(f"{app}." for app in BEHIND_THE_API)):
            continue
        loaded = importlib.import_module(module.name)
        for label, one in inspect.getmembers(loaded, inspect.isclass):
            if issubclass(one, Exception) and one.__module__ == module.name:
                found[f"{name}.{label}"] = one
    return found


def test_every_refusal_behind_the_api_has_an_answer_or_a_reason_for_none():
    unanswered = [
        name
        for name, kind in refusals().items()
        if kind not in REFUSALS and name.rpartition(".")[0] not in NOT_ASKED_FOR
    ]
    assert unanswered == []


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (NotNow("invitation", "accept", "accepted"), "accepted already"),
        (NotNow("sample", "approve", "shipped"), "somebody acted first"),
        (TermsRefused("product_not_agreed"), "not part of the agreement"),
        (TermsRefused("nothing_due"), "at least one video"),
        (Expired("offer", datetime(2026, 3, 1, tzinfo=UTC), "UTC"), "2026"),
    ],
)
def test_a_sentence_is_there_in_both_languages(refused, words):
    answered = REFUSALS[type(refused)]
    with translation.override("en"):
        english = answered.sentence(refused)
    with translation.override("zh-hans"):
        chinese = answered.sentence(refused)
    assert words in english
    assert chinese != english
