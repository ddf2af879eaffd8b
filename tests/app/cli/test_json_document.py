"""Every command answers with the fields `docs/json.md` says, all of them and no other."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.app.cli.conftest import lins
from tests.app.cli.test_aside import ARRIVE
from tests.app.cli.test_settle import ACCOUNTS, AGREE
from tests.app.exchange.bank import XML
from tests.app.lake.journals import followed
from tests.json_document import documented, fields_of

ROOT = Path(__file__).parents[3]
EXPORTS = ROOT / "tests" / "golden" / "exports"
ELSEWHERE = {"demo", "serve", "collector"}
"""Answered where they are tested: they make a marketplace, or run until they are stopped."""

TAKE_PART = """
import django; django.setup()
from linkstar.catalog.models import Shop
Shop.objects.update(shares_with_benchmark=True)
"""
VIDEOS = """creator,content id,category,impressions,clicks,date
ada,v1,Beauty,5000,250,2026-10-05
ada,v2,Beauty,5000,260,2026-10-06
ada,v3,Beauty,5000,240,2026-10-07
bo,v4,Beauty,many,100,2026-10-08
"""
FIGURES = """market,category,definition,impressions,clicks,period,source,licence
US,Beauty,product_impressions,1000000,20000,2026-10-05..2026-10-11,Invented,CC0
"""
ORDERS = "order,sku,qty,price,order date,creator\n1,mug,6,2.95,2026-10-05,ada\n"
CLICK = json.dumps(followed("clock", link=None, occurred_at=f"{datetime.now(UTC):%FT%TZ}"))
NETWORKS = "198.51.100.0/24\n"
PAID = "payout,state\npay_no,paid\n"
SEEN_ONLY_WHEN = {
    "Errors": set(),
    "uplift": {"rows[].segment"},
    "settle pay": {"without_rate[].creator", "without_rate[].currency", "without_rate[].reason"},
    "ledger check": {
        "findings[].name", "findings[].workspace", "findings[].where", "findings[].currency",
        "findings[].records_minor", "findings[].book_minor",
    },
    "retention run": {"runs[].erased", "runs[].links", "runs[].subject"},
    "retention erase": {
        "runs[].visitors_from", "runs[].events_from", "runs[].papers_from", "runs[].stripped",
        "runs[].dropped", "runs[].salts_burnt", "runs[].papers",
    },
    "verify": {"findings[].name", "findings[].table", "findings[].where", "findings[].amount"},
    "traffic": {
        "rules[].rule", "rules[].class", "rules[].impressions", "rules[].clicks",
        "rules[].billable_clicks",
    },
}  # fmt: skip
"""Fields of things a sound installation has none of, and of runs where only an erasure is told."""


def step(*arguments: object, **keep: tuple[object, ...]) -> dict[str, object]:
    return {"arguments": [str(one) for one in arguments], "keep": keep}


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def steps(folder: Path) -> list[dict[str, object]]:
    """A month of an installation's life, so that every answer has something to say."""
    of_orders = ("--tz", "America/Los_Angeles", "--currency", "USD")
    own = ("--currency", "GBP", "--tz", "UTC", "--state", "delivered")
    return [
        step("init"),
        step("doctor"),
        step("benchmark", "show", "bmk_0"),
        step("import", written(folder, "videos.csv", VIDEOS)),
        step("import", written(folder, "nothing.csv", "a,b\n")),
        step("import", EXPORTS / "OrderSKUList.xlsx", *of_orders),
        step("import", EXPORTS / "affiliate_orders_us.csv", *of_orders),
        step("import", EXPORTS / "income_20260716.xlsx"),
        step("import", written(folder, "orders.csv", ORDERS), *own, order=("files", 0, "id")),
        step(
            "benchmark", "import", written(folder, "us.csv", FIGURES), edition=("benchmark", "id")
        ),
        step("benchmark", "publish", "{edition}"),
        step("benchmark", "build", "--from", "2026-10-05", "--to", "2026-10-11"),
        step("benchmark", "list"),
        step("benchmark", "show", "{edition}", "--all"),
        step("uplift", "--by", "creator", "--benchmark", "{edition}"),
        step("uplift", "--by", "creator", "--segment", "channel"),
        step("settle", "close", settlement=("settlements", 0, "settlement")),
        step("settle", "approve", "{settlement}"),
        step("settle", "pay", "{settlement}", "--out", folder / "payments.xml"),
        step("settle", "status", written(folder, "paid.csv", PAID)),
        step("settle", "show"),
        step("ledger", "check"),
        step("ledger", "balances"),
        step("rates", "import", written(folder, "rates.xml", XML)),
        step("rates", "fetch"),
        step("rates", "state", "USD", "CNY", "6.9"),
        step("rates", "show"),
        step("reconcile"),
        step("profit", "--from", "2026-07-01", "--currency", "CNY"),
        step("traffic"),
        step("aside", "list", "--reason", "incomplete", line=("lines", 0, "id")),
        step("aside", "list", "--reason", "spoilt", spoilt=("lines", 0, "id")),
        step("aside", "spoilt", "{spoilt}"),
        step("aside", "replay", "--reason", "link_unknown"),
        step(
            "aside",
            "correct",
            "{line}",
            "--to",
            written(folder, "one.json", CLICK),
            "--why",
            "Clock.",
        ),
        step("aside", "dismiss", "{spoilt}", "--why", "Spoilt."),
        step("aside", "decisions"),
        step("lists", "add", written(folder, "cloud.txt", NETWORKS)),
        step("lists", "show"),
        step("lists", "remove", "cloud.txt"),
        step("retention", "run"),
        step("retention", "erase", "--visitor", "v1"),
        step("retention", "show"),
        step("undo"),
        step("undo", "{order}"),
        step("verify"),
    ]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, object]]]:
    """What each command answered, by its name."""
    data, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("files")
    lins(data)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "linkstar.config.settings",
        "LINKSTAR_DATA": str(data),
        "LINKSTAR_ECB_RATES": str(folder / "rates.xml"),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    for program in (AGREE, ACCOUNTS, ARRIVE, TAKE_PART):
        subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    asked = steps(folder)
    finished = subprocess.run(
        [sys.executable, "-m", "tests.app.cli.every_command"],
        env=environment, input=json.dumps(asked), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    answers: dict[str, list[dict[str, object]]] = {}
    for one, answer in zip(asked, json.loads(finished.stdout), strict=True):
        answers.setdefault(name_of(one["arguments"], answer), []).append(answer)
    return answers


def name_of(arguments: list[str], answer: dict[str, object]) -> str:
    if "error" in answer["document"]:
        return "Errors"
    two = " ".join(arguments[:2])
    return two if two in documented() else arguments[0]


class TestEveryCommand:
    def test_was_asked(self, said) -> None:
        assert documented().keys() - said.keys() == ELSEWHERE

    @pytest.mark.parametrize("command", sorted(documented().keys() - ELSEWHERE))
    def test_answers_with_the_fields_its_document_names(self, said, command: str) -> None:
        found = set().union(*(fields_of(answer["document"]) for answer in said[command]))
        named = documented()[command]
        assert found - named == set(), "not in the document"
        assert named - found - SEEN_ONLY_WHEN.get(command, set()) == set(), "never answered"
