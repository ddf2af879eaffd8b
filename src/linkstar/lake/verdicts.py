"""What was decided of each of many events, to be looked up while archived lines are gone through.

A day may hold ten million events. As numbers they take some 12 bytes each, as texts 230, and 440
while they are read.
"""

from hashlib import md5

import numpy as np

from linkstar.lake.journaled_counts import table_of
from linkstar.lake.store import Lake
from linkstar.lake.tables import EVENTS_TABLE

Verdict = tuple[str | None, bool | None]
"""The rule an event met, if any, and whether it is billable; as stored."""


class Verdicts:
    """Of the stored events that a condition names.

    Events are told apart by 64 bits of a digest: among ten million the odds that any two share
    theirs are one in 370,000.

    Args:
        lake: whose events.
        which: an SQL condition.
    """

    def __init__(self, lake: Lake, which: str) -> None:
        found = table_of(
            lake,
            f"""SELECT md5_number_lower(concat(shop, ' ', event_id)) AS event, filtered, billable
            FROM {{events}} WHERE {which} ORDER BY event""",
            None,
            {},
            events=EVENTS_TABLE,
        )
        self._events = found["event"].to_numpy()
        self._rules = found["filtered"].combine_chunks().dictionary_encode()
        self._billable = found["billable"].combine_chunks()

    def __len__(self) -> int:
        return len(self._events)

    def of(self, shop: int, event_id: str) -> Verdict | None:
        """The verdict on one event; None where it is none of these."""
        digest = md5(f"{shop} {event_id}".encode(), usedforsecurity=False).digest()
        event = np.uint64(int.from_bytes(digest[8:], "little"))
        place = int(np.searchsorted(self._events, event))
        if place == len(self._events) or self._events[place] != event:
            return None
        return self._rules[place].as_py(), self._billable[place].as_py()
