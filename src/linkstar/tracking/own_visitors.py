"""Which of a shop's visitors were its own people: whoever is signed in gets a visitor's name too.

The collector names a visitor by shop, cut address, user agent and the day's secret. A person who
works in a workspace bears the same name on its links that day, so clicks on one's own links can be
told apart without anything being kept that says who it was. One file a day, lines `shop visitor`.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from linkstar.collector.visitors import DailySalts, cut_address
from linkstar.lake.invalid_rules import OWN_VISITORS

AGENT_CHARACTERS_MAX = 500
"""As many as the collector takes."""


def remember_own(
    collector: Path, shops: Iterable[int], *, address: str, agent: str, now: datetime
) -> None:
    """Note that whoever comes from there is one of these shops' own people today.

    Args:
        collector: the collector's folder, with the day's secret.
        shops: numbers of the shops the person works for.
        address: where the request came from; only its network is used, and not kept.
        agent: the user agent.
        now: the instant.
    """
    salts = DailySalts(collector / "salts")
    cut = cut_address(address)
    named = [
        f"{shop} {salts.visitor(shop, cut, agent[:AGENT_CHARACTERS_MAX], now)}\n" for shop in shops
    ]
    folder = collector / "own"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / now.astimezone(UTC).date().isoformat()).open("a") as file:
        file.write("".join(named))


def own_visitors(collector: Path) -> dict[date, pa.Table]:
    """The own visitors of each day (UTC) that is still kept, as `OWN_VISITORS`."""
    return {
        date.fromisoformat(path.name): _read(path)
        for path in sorted((collector / "own").glob("[0-9]*"))
    }


def forget_own(collector: Path, *, before: date) -> int:
    """Drop the days before that one; how many there were."""
    old = [path for path in (collector / "own").glob("[0-9]*") if path.name < before.isoformat()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _read(path: Path) -> pa.Table:
    pairs = {tuple(line.split()) for line in path.read_text().splitlines()}
    known = sorted((int(pair[0]), pair[1]) for pair in pairs if len(pair) == 2)
    columns = [[shop for shop, _ in known], [visitor for _, visitor in known]]
    return pa.table(columns, schema=OWN_VISITORS)
