"""Journals as the collector writes them, and a directory that knows Lin's shop and links."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from linkstar.events.journal import Journal, frame_of
from linkstar.lake.journaled import JournalLoad, load_journal
from linkstar.lake.journaled_resolving import DEVICES, LINKS, SHOPS
from linkstar.lake.relations import rows_of
from linkstar.lake.store import Lake
from linkstar.lake.tables import EVENTS_TABLE, RECEIPTS_TABLE, SET_ASIDE_TABLE, Table

NOON = "2026-01-05T12:00:00Z"
NOW = datetime(2026, 1, 5, 12, 0, 5, tzinfo=UTC)
TOKEN = "aB3dE5fG7h12"
LINK_FIELDS = ("ada's link", 1, "@Ada", "73001", "video", "17001", "tiktok")


class Directory:
    """Shops 1 and 2 of workspace 1; links of shop 1, alike; every agent is a phone."""

    zone = "America/Los_Angeles"
    tokens: Sequence[str] = (TOKEN,)

    def links(self, tokens: Sequence[str]) -> pa.Table:
        rows = [(token, *LINK_FIELDS[1:]) for token in tokens if token in self.tokens]
        return pa.Table.from_pylist(
            [dict(zip(LINKS.names, row, strict=True)) for row in rows], schema=LINKS
        )

    def shops(self, numbers: Sequence[int]) -> pa.Table:
        known = [(1, number, self.zone, "US") for number in numbers if number in {1, 2}]
        return pa.Table.from_pylist(
            [dict(zip(SHOPS.names, row, strict=True)) for row in known], schema=SHOPS
        )

    def devices(self, agents: Sequence[str]) -> pa.Table:
        return pa.table([list(agents), ["phone"] * len(agents)], schema=DEVICES)


def followed(event_id: str, **more: object) -> dict:
    """A click on the link, as the collector itself writes it."""
    return {
        "event_id": event_id, "kind": "click", "occurred_at": NOON, "shop": 1, "workspace": 1,
        "link": TOKEN, "visitor": "v1", "network": "203.0.113.0", "agent": "Phone", **more,
    }  # fmt: skip


def line(event: dict) -> bytes:
    return json.dumps(event).encode() + b"\n"


def single(event: dict) -> bytes:
    return frame_of(line(event), 1)


def batch(*events: dict, shop: int = 1, received_at: str = NOON) -> bytes:
    """A client's batch under the envelope the collector puts before it."""
    envelope = {
        "shop": shop, "workspace": 1, "received_at": received_at, "network": "198.51.100.0",
        "agent": "server", "visitor": "server",
    }  # fmt: skip
    return frame_of(line({"envelope": envelope}) + b"".join(map(line, events)), len(events))


class Desk:
    """A lake, a journal that seals each batch of frames, and the loader between them."""

    def __init__(self, folder: Path, name: str = "journal") -> None:
        self.lake = Lake(folder / "lake")
        self.folder = folder / name
        self.directory = Directory()

    def write(self, *frames: bytes) -> None:
        """One more sealed segment."""
        with Journal(self.folder) as journal:
            journal.commit(frames)

    def load(self, now: datetime = NOW) -> JournalLoad:
        return load_journal(self.lake, self.folder, self.directory, now=now)

    def rows(
        self, table: Table = EVENTS_TABLE, columns: str = "*", order: str = "ALL"
    ) -> list[dict]:
        held = self.lake.snapshot(table)
        if held is None or not held.files:
            return []
        sql = f"SELECT {columns} FROM {rows_of('files')} ORDER BY {order}"
        return self.lake.engine.query(sql, {"files": held.paths()}).to_pylist()

    def receipts(self) -> dict[str, int]:
        names = ("received", "stored", "duplicates", "conflicts", "quarantined")
        rows = self.rows(RECEIPTS_TABLE)
        return {name: sum(row[name] for row in rows) for name in names}

    def set_aside(self) -> list[tuple[str, str]]:
        return [(row["reason"], row["line"]) for row in self.rows(SET_ASIDE_TABLE)]
