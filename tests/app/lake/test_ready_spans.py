"""True spans that lie ready beside the lake: believed while they are true, and no longer."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.app.lake.made import NOW, Facts
from tests.app.lake.test_counts_of_events import ORDER, OWN, many

from linkstar.lake.queries import content_counts
from linkstar.lake.ready_spans import keep_ready
from linkstar.lake.rollups import refresh_rollups
from linkstar.lake.selection import Level, Selection, Source
from linkstar.lake.spans import Grain
from linkstar.lake.store import Change, Lake
from linkstar.lake.tables import CONTENT_ROLLUPS_TABLE, EVENTS_TABLE
from linkstar.lake.upkeep import compact
from linkstar.lake.verify import Fault, verify

CONTENTS = Selection(Source.TRACKED, Level.CONTENT, titles=False)


def spans_of(root: Path) -> Path:
    [path] = root.glob("ready_spans/*.json")
    return path


def is_told_ready(root: Path, asked: Selection = CONTENTS) -> bool:
    """Whether a process that remembers nothing answers without a list of files; and rightly."""
    lake = Lake(root)
    found = content_counts(lake, OWN, asked)
    ready = not (lake.has_opened(EVENTS_TABLE) or lake.has_opened(CONTENT_ROLLUPS_TABLE))
    raw = content_counts(lake, OWN, replace(asked, rollups=False))
    again = content_counts(lake, OWN, asked)
    table = raw.table.sort_by(ORDER)
    assert found.table.sort_by(ORDER).equals(table)
    assert again.table.sort_by(ORDER).equals(table)
    return ready


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def change_a_letter(path: Path) -> None:
    told = bytearray(path.read_bytes())
    told[told.index(b"month")] += 1
    path.write_bytes(bytes(told))


class TestReadySpans:
    def test_answer_a_process_that_just_began(self, rolled: Facts) -> None:
        assert is_told_ready(rolled.lake.root)

    @settings(deadline=None, max_examples=30)
    @given(first=st.integers(0, 45), days=st.integers(1, 45), week=st.booleans())
    def test_choose_for_any_period_what_lists_of_files_do(
        self, season: Facts, *, first: int, days: int, week: bool
    ) -> None:
        start = date.fromordinal(date(2026, 1, 19).toordinal() + first)
        end = date.fromordinal(start.toordinal() + days)
        asked = replace(CONTENTS, starts_on=start, ends_before=end, week=week)
        fresh, known = Lake(season.lake.root), season.lake
        known.opened(EVENTS_TABLE)
        read, listed = (content_counts(lake, OWN, asked).parameters for lake in (fresh, known))
        assert read == listed
        assert not fresh.has_opened(EVENTS_TABLE)

    @pytest.mark.parametrize("damage", [cut_off, empty, change_a_letter, Path.unlink])
    def test_that_are_not_whole_are_not_believed(
        self, rolled: Facts, damage: Callable[[Path], object]
    ) -> None:
        damage(spans_of(rolled.lake.root))
        assert not is_told_ready(rolled.lake.root)
        refresh_rollups(rolled.lake, now=NOW)
        assert is_told_ready(rolled.lake.root)

    def test_are_not_believed_once_there_are_newer_events(self, rolled: Facts) -> None:
        rolled.track("imp_2", {"occurred_at": datetime(2026, 2, 3, 12, tzinfo=UTC)})
        assert not is_told_ready(rolled.lake.root)
        refresh_rollups(rolled.lake, now=NOW)
        assert is_told_ready(rolled.lake.root)

    def test_are_not_believed_once_roll_ups_are_others(self, rolled: Facts) -> None:
        seen = rolled.lake.opened(CONTENT_ROLLUPS_TABLE)
        months = [file for file in seen.files if file.parted["grain"] == Grain.MONTH]
        rolled.lake.commit(seen, Change(remove=months), NOW)
        assert not is_told_ready(rolled.lake.root)

    def test_are_not_believed_of_a_table_put_in_the_place_of_another(
        self, rolled: Facts, tmp_path: Path
    ) -> None:
        other = Facts(tmp_path / "other")
        other.track("imp_1", *many(2))
        for table in (EVENTS_TABLE, CONTENT_ROLLUPS_TABLE):
            shutil.rmtree(rolled.lake.folder(table))
        refresh_rollups(other.lake, now=NOW)
        for table in (EVENTS_TABLE, CONTENT_ROLLUPS_TABLE):
            shutil.move(other.lake.folder(table), rolled.lake.folder(table))
        assert not is_told_ready(rolled.lake.root)

    def test_are_told_anew_after_a_merge_that_changed_no_count(self, rolled: Facts) -> None:
        rolled.track("imp_2", *many(3))
        compact(rolled.lake, now=NOW)
        assert not is_told_ready(rolled.lake.root)
        refresh_rollups(rolled.lake, now=NOW)
        assert is_told_ready(rolled.lake.root)

    def test_leave_days_without_roll_ups_to_the_events(self, rolled: Facts) -> None:
        seen = rolled.lake.opened(CONTENT_ROLLUPS_TABLE)
        late = [file for file in seen.files if file.parted["starts_on"] >= "2026-02-01"]
        rolled.lake.commit(seen, Change(remove=late), NOW)
        keep_ready(rolled.lake, *(map(rolled.lake.opened, (EVENTS_TABLE, CONTENT_ROLLUPS_TABLE))))
        assert not is_told_ready(rolled.lake.root)
        assert is_told_ready(rolled.lake.root, replace(CONTENTS, ends_before=date(2026, 1, 26)))

    def test_that_say_something_else_are_found(self, rolled: Facts) -> None:
        assert verify(rolled.lake) == []
        path = spans_of(rolled.lake.root)
        told = json.loads(path.read_bytes().split(b"\n")[1])
        told["held"].pop()
        text = json.dumps(told).encode()
        path.write_bytes(sha256(text).hexdigest().encode() + b"\n" + text)
        assert [finding.where for finding in verify(rolled.lake)] == ["ready_spans"]
        assert verify(rolled.lake)[0].fault is Fault.ROLLUP_DIFFERS
