"""A creator file from upload to the seller's own records; every row is accounted for."""

import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from linkstar.accounts.actions import record
from linkstar.accounts.models import User, Workspace
from linkstar.connectors import error_files
from linkstar.connectors.models import CreatorImport
from linkstar.connectors.reading.detected import Answers, Hints
from linkstar.connectors.reading.detection import detect
from linkstar.connectors.reading.parsing import PROBLEMS, parse
from linkstar.connectors.reading.refusals import Refusal
from linkstar.connectors.records import as_json
from linkstar.connectors.registry import CREATOR_LAYOUTS
from linkstar.creators.actions import CreatorRow, save_creators
from linkstar.creators.rules import AudienceRefused, HandleRefused, check_audience, handle_of

PROBLEMS_SHOWN = 200
UPLOAD = "upload"
"""What a file that waits for its job is called in its folder."""
ROWS_AT_ONCE = 1_000
"""Kept in one transaction; more would keep others from writing for too long."""
_BETWEEN = re.compile(r"[,;、，；|/]+")
_CATEGORIES_BETWEEN = re.compile(r"[,;、，；|]+")
LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "en": "en", "english": "en", "英语": "en", "英文": "en",
        "zh": "zh", "chinese": "zh", "中文": "zh", "汉语": "zh", "mandarin": "zh",
        "es": "es", "spanish": "es", "西班牙语": "es",
        "fr": "fr", "french": "fr", "法语": "fr", "de": "de", "german": "de", "德语": "de",
        "pt": "pt", "portuguese": "pt", "葡萄牙语": "pt",
        "ja": "ja", "japanese": "ja", "日语": "ja", "ko": "ko", "korean": "ko", "韩语": "ko",
        "vi": "vi", "vietnamese": "vi", "越南语": "vi", "th": "th", "thai": "th", "泰语": "th",
        "id": "id", "indonesian": "id", "印尼语": "id", "ms": "ms", "malay": "ms", "马来语": "ms",
    }
)  # fmt: skip
REGIONS: Mapping[str, str] = MappingProxyType(
    {
        "us": "US", "usa": "US", "united states": "US", "美国": "US",
        "gb": "GB", "uk": "GB", "united kingdom": "GB", "英国": "GB",
        "ca": "CA", "canada": "CA", "加拿大": "CA", "mx": "MX", "mexico": "MX", "墨西哥": "MX",
        "au": "AU", "australia": "AU", "澳大利亚": "AU", "cn": "CN", "china": "CN", "中国": "CN",
        "de": "DE", "germany": "DE", "德国": "DE", "fr": "FR", "france": "FR", "法国": "FR",
        "es": "ES", "spain": "ES", "西班牙": "ES", "id": "ID", "indonesia": "ID", "印尼": "ID",
        "my": "MY", "malaysia": "MY", "马来西亚": "MY", "th": "TH", "thailand": "TH", "泰国": "TH",
        "vn": "VN", "vietnam": "VN", "越南": "VN", "ph": "PH", "philippines": "PH", "菲律宾": "PH",
        "sg": "SG", "singapore": "SG", "新加坡": "SG", "jp": "JP", "japan": "JP", "日本": "JP",
    }
)  # fmt: skip
_AUDIENCE = {
    "women_ratio": ("gender", "female"),
    "men_ratio": ("gender", "male"),
    "age_18_24_ratio": ("age", "18-24"),
    "age_25_34_ratio": ("age", "25-34"),
    "age_35_44_ratio": ("age", "35-44"),
    "age_45_54_ratio": ("age", "45-54"),
    "age_55_ratio": ("age", "55+"),
}


@dataclass(frozen=True, slots=True)
class RowProblem(Exception):
    """What is wrong with one row, as problems of files are written down."""

    field: str
    code: str
    value: str
    expected: str = ""


def creator_row(cells: Mapping[str, Any]) -> CreatorRow:
    """One staged row as the records take it.

    Raises:
        RowProblem: a cell says something that cannot be.
    """
    audience = tuple(
        (*about, round(10_000 * cells[field]))
        for field, about in _AUDIENCE.items()
        if cells[field] is not None
    )
    try:
        handle = handle_of(cells["creator"])
        check_audience(audience)
    except HandleRefused as refused:
        raise RowProblem("creator", "text.format", refused.stated, "@name") from refused
    except AudienceRefused as refused:
        total = f"{refused.total_bps / 100:g}%"
        raise RowProblem("women_ratio", "percent.format", total, "100%") from refused
    engagement = cells["engagement_ratio"]
    return CreatorRow(
        handle=handle,
        name=cells["creator_name"] or "",
        channel=cells["channel"],
        url=_address(cells["url"]),
        region=_one_of(REGIONS, "region", cells["region"]),
        languages=tuple(
            _one_of(LANGUAGES, "languages", one) for one in _parts(_BETWEEN, cells["languages"])
        ),
        categories=tuple(_parts(_CATEGORIES_BETWEEN, cells["categories"])),
        followers=cells["followers"],
        average_views=cells["average_views"],
        engagement_bps=None if engagement is None else round(10_000 * engagement),
        video_price_minor=cells["video_price_minor"],
        currency=cells["currency"] or "USD",
        commission_bps_min=cells["commission_bps_min"],
        audience=audience,
    )


def _parts(between: re.Pattern[str], text: str | None) -> list[str]:
    return [part.strip() for part in between.split(text or "") if part.strip()]


def _one_of(known: Mapping[str, str], field: str, stated: str | None) -> str:
    if not stated:
        return ""
    found = known.get(stated.strip().casefold())
    if found is None:
        raise RowProblem(field, "choice.unknown", stated, ", ".join(sorted(set(known.values()))))
    return found


def _address(stated: str | None) -> str:
    return stated if stated and stated.startswith(("https://", "http://")) else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What reading a file of creators needs besides the file.

    Attributes:
        currency: of prices that name none.
        on: the day the figures are of.
        words: the sentence of each problem's code, for the file of errors.
    """

    currency: str
    on: date
    words: Mapping[str, str] = field(default_factory=lambda: error_files.NO_WORDS)


def import_creators(
    *, workspace: Workspace, user: User, path: Path, name: str, asked: Asked, now: datetime
) -> CreatorImport:
    """Read a file and keep its creators as the workspace's own records.

    Good rows are kept, a thousand at a time: interrupted, the file is uploaded again and what was
    kept before counts as unchanged. The others come back in the file's own format with a last
    column of reasons, and the file can be corrected and uploaded as it is.

    Args:
        path: the file.
        workspace: whose records they become.
        user: who uploads.
        name: what the file was called.
        asked: what reading it needs besides.
        now: the instant.

    Raises:
        Refusal: the file as a whole cannot be read.
    """
    made = CreatorImport(workspace=workspace, user=user, name=name[:255], at=now)
    _take_in(made, path, asked, now=now)
    return made


def begin_creator_import(
    *, workspace: Workspace, user: User, path: Path, name: str, asked: Asked, now: datetime
) -> CreatorImport:
    """Put a large file aside for a job to take in; nothing of it is read yet."""
    made = CreatorImport.objects.create(
        workspace=workspace,
        user=user,
        name=name[:255],
        at=now,
        state=CreatorImport.State.RUNNING,
        asked={"currency": asked.currency, "on": asked.on.isoformat(), "words": dict(asked.words)},
    )
    folder_of(made).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, folder_of(made) / UPLOAD)
    return made


def run_creator_import(made: CreatorImport, *, now: datetime) -> CreatorImport:
    """Take in a file that was put aside; run again after an interruption, what was kept is kept."""
    said = made.asked
    asked = Asked(said["currency"], date.fromisoformat(said["on"]), said["words"])
    made.added = made.changed = made.same = made.rejected = made.rows_done = 0
    try:
        _take_in(made, folder_of(made) / UPLOAD, asked, now=now)
    except Refusal as refused:
        fail_creator_import(made, refused.code, **as_json(refused.params))
    (folder_of(made) / UPLOAD).unlink(missing_ok=True)
    return made


def fail_creator_import(made: CreatorImport, code: str, **params: object) -> None:
    """End it by name; what was kept before stays."""
    made.state = CreatorImport.State.FAILED
    made.refused = {"code": code, "params": params}
    made.save(update_fields=["state", "refused"])


def _take_in(made: CreatorImport, path: Path, asked: Asked, *, now: datetime) -> None:
    name, is_watched = made.name, made.state == CreatorImport.State.RUNNING
    workspace, user = made.workspace, made.user
    with tempfile.TemporaryDirectory(prefix="linkstar-") as folder:
        scratch = Path(folder)
        found = detect(path, scratch=scratch, layouts=CREATOR_LAYOUTS, hints=Hints(name=name))
        parsed = parse(
            found,
            Answers(currency=asked.currency),
            staged=scratch / "staged.parquet",
            problems=scratch / "problems.parquet",
            scratch=scratch,
        )
        headers = {match.field: match.header for match in found.columns}
        rows, wrong = _rows(pq.read_table(parsed.staged).to_pylist(), headers)
        problems = pa.concat_tables([pq.read_table(parsed.problems), wrong]).sort_by("row")
        made.rows, made.rejected = parsed.rows, parsed.rows - len(rows)
        for some in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[some : some + ROWS_AT_ONCE]
            saved = save_creators(workspace=workspace, rows=part, on=asked.on, now=now)
            made.added += saved.added
            made.changed += saved.changed
            made.same += saved.same
            made.rows_done = some + len(part)
            if is_watched:
                made.save(update_fields=["rows", "rows_done"])
        made.problems = problems.slice(0, PROBLEMS_SHOWN).to_pylist()
        made.save()
        if made.rejected:
            pq.write_table(problems, parsed.problems)
            made.errors = error_files.write(
                found,
                parsed.cells,
                parsed.problems,
                folder_of(made),
                name=name,
                words=asked.words,
            ).name
        made.state, made.asked = CreatorImport.State.DONE, {}
        made.save(update_fields=["errors", "state", "asked"])
    counted = made.added + made.changed + made.same + made.rejected
    assert counted == made.rows, (made.pk, counted, made.rows)
    record(
        workspace=workspace,
        user=user,
        verb="creators.imported",
        target=made.pk,
        now=now,
        name=made.name,
        rows=made.rows,
    )


def folder_of(made: CreatorImport) -> Path:
    """Where the file of an import's errors lies."""
    return Path(settings.PLACES.data) / "creator_imports" / made.pk


def _rows(
    staged: Sequence[Mapping[str, Any]], headers: Mapping[str, str]
) -> tuple[list[CreatorRow], pa.Table]:
    """The rows that can be kept, and what is wrong with the others."""
    rows: list[CreatorRow] = []
    wrong: list[dict[str, object]] = []
    for cells in staged:
        try:
            rows.append(creator_row(cells))
        except RowProblem as problem:
            wrong.append(
                {
                    "row": cells["row"],
                    "column": headers.get(problem.field, problem.field),
                    "code": problem.code,
                    "value": problem.value,
                    "expected": problem.expected,
                }
            )
    return rows, pa.Table.from_pylist(wrong, schema=PROBLEMS)
