"""What was decided when the sample was begun, kept so that an interrupted run goes on the same."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from linkstar.sample.market import Size

ZONE = "America/Los_Angeles"
SEED = 20_261_122
DAYS_PER_FILE = 21


@dataclass(frozen=True, slots=True)
class Plan:
    """A marketplace to be set up: which one, how large, up to when.

    Attributes:
        seed: of the generator.
        scale: multiplies the impressions of `size`.
        size: how large it is at scale 1.
        now: the instant up to which it has happened.
        done: set once everything is in place.
    """

    seed: int
    scale: int
    size: Size
    now: datetime
    done: bool = False

    @property
    def scaled(self) -> Size:
        return replace(self.size, impressions=self.size.impressions * self.scale)

    @property
    def ends_before(self) -> date:
        """The day after the last one, which is today in the shops' zone."""
        return self.now.astimezone(ZoneInfo(ZONE)).date() + timedelta(days=1)

    @property
    def days_per_file(self) -> int:
        """Three weeks per file, fewer days where a day is larger."""
        return max(1, DAYS_PER_FILE // self.scale)

    def write(self, path: Path) -> None:
        stated = asdict(self) | {"now": self.now.isoformat()}
        path.write_text(json.dumps(stated, indent=2), encoding="utf-8")


def read_plan(path: Path) -> Plan | None:
    """The plan of the sample in this place; None where none was ever begun."""
    if not path.exists():
        return None
    stated = json.loads(path.read_text(encoding="utf-8"))
    return Plan(
        seed=stated["seed"],
        scale=stated["scale"],
        size=Size(**stated["size"]),
        now=datetime.fromisoformat(stated["now"]),
        done=stated["done"],
    )
