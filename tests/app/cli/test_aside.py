"""`linkstar aside` lists what was set aside and decides on it, once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.app.cli.conftest import Linkstar, lins

ARRIVE = """
import django; django.setup()
from datetime import UTC, datetime
from linkstar.catalog.models import Shop
from linkstar.events.journal import sealed_segments
from linkstar.config.places import places
from linkstar.jobs.tracking import load_journals
from linkstar.lake.store import Lake
from linkstar.tracking.models import TrackedLink
from tests.app.lake.journals import Desk, followed, single
shop, now = Shop.objects.get(), datetime.now(UTC)
whose = {"shop": shop.number, "workspace": shop.workspace.number}
Desk(places().collector).write(
    *(single(followed(f"e{n}", link="late", occurred_at=now.isoformat(), **whose))
      for n in range(3)),
    single(followed("clock", occurred_at="yesterday", **{**whose, "link": None})))
Desk(places().collector).write(single(followed("spoilt")))
[_, rotten] = sealed_segments(places().collector / "journal")
rotten.path.write_bytes(rotten.path.read_bytes().replace(b"spoilt", b"sp0ilt"))
load_journals(Lake(places().lake), places().collector, now=now)
TrackedLink.objects.create(
    shop=shop, token="late", destination="https://x.example/", created_at=now)
"""


@pytest.fixture(scope="module")
def linkstar(tmp_path_factory: pytest.TempPathFactory) -> Linkstar:
    """Three clicks on a link that was made afterwards, and one without a time."""
    folder = tmp_path_factory.mktemp("aside")
    run = lins(folder)
    root = Path(__file__).parents[3]
    settings = {
        "DJANGO_SETTINGS_MODULE": "linkstar.config.settings", "LINKSTAR_DATA": str(folder),
        "PYTHONPATH": f"{os.environ.get('PYTHONPATH', root / 'src')}{os.pathsep}{root}",
    }  # fmt: skip
    subprocess.run([sys.executable, "-c", ARRIVE], env=os.environ | settings, check=True)
    return run


class TestDeciding:
    def test_counts_replayed_and_corrected_lines_once_and_says_who_decided(
        self, linkstar: Linkstar, tmp_path: Path
    ) -> None:
        shown = linkstar("aside", "list", "--json").document
        assert shown["reasons"] == {"incomplete": 1, "link_unknown": 3, "spoilt": 1}
        done = linkstar("aside", "replay", "--reason", "link_unknown", "--json")
        assert (done.code, done.document["stored"], done.document["left"]) == (0, 3, 0)
        again = linkstar("aside", "replay", "--reason", "link_unknown", "--json")
        assert (again.code, again.document["error"]["name"]) == (3, "not_set_aside")
        [wrong] = [one for one in shown["lines"] if one["reason"] == "incomplete"]
        fixed = tmp_path / "fixed.json"
        fixed.write_text(wrong["line"].replace("yesterday", wrong["received_at"]))
        ended = linkstar("aside", "correct", wrong["id"], "--to", fixed, "--why", "clock", "--json")
        assert (ended.code, ended.document["stored"]) == (0, 1)
        made = linkstar("aside", "decisions", "--json").document["decisions"]
        assert [(one["action"], one["outcome"]) for one in made] == [
            ("correct", "stored"), *[("replay", "stored")] * 3,
        ]  # fmt: skip
        assert (made[0]["id"], made[0]["why"]) == (wrong["id"], "clock")
        assert linkstar("verify", "--rebuild").code == 0

    def test_is_refused_without_a_choice_or_a_reason(self, linkstar: Linkstar) -> None:
        named = linkstar("aside", "replay", "--json").document["error"]["name"]
        assert named == "one_choice"
        silent = linkstar("aside", "dismiss", "--reason", "incomplete", "--json")
        assert silent.document["error"]["name"] == "why_missing"

    def test_shows_spoilt_bytes_and_only_dismisses_them(
        self, linkstar: Linkstar, tmp_path: Path
    ) -> None:
        [one] = linkstar("aside", "list", "--reason", "spoilt", "--json").document["lines"]
        shown = linkstar("aside", "spoilt", one["id"], "--to", tmp_path, "--json").document
        [piece] = shown["pieces"]
        kept = (tmp_path / piece["name"]).read_bytes()
        assert (b'"sp0ilt"' in kept, piece["bytes"]) == (True, len(kept))
        assert kept.startswith(bytes.fromhex(piece["head_hex"]))
        refused = linkstar("aside", "replay", one["id"], "--json").document["error"]
        assert refused["name"] == "only_dismissed"
        done = linkstar("aside", "dismiss", one["id"], "--why", "a new disk", "--yes", "--json")
        assert (done.code, done.document["dismissed"]) == (0, one["lines"])
        assert linkstar("verify", "--rebuild").code == 0
