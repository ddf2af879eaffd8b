"""Offsets of a zone, to the second."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lake.zones import Offset, offsets

ZONES = ["America/Los_Angeles", "Asia/Shanghai", "Europe/London", "Australia/Lord_Howe", "UTC"]
instants = st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


class TestTheOffsetsOfAZone:
    def test_change_at_the_second_clocks_change(self) -> None:
        year = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
        assert offsets("America/Los_Angeles", *year) == [
            Offset(year[0], -8 * 3600),
            Offset(datetime(2026, 3, 8, 10, tzinfo=UTC), -7 * 3600),
            Offset(datetime(2026, 11, 1, 9, tzinfo=UTC), -8 * 3600),
        ]

    @pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC"])
    def test_are_one_where_clocks_never_change(self, zone: str) -> None:
        found = offsets(zone, datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
        assert len(found) == 1

    def test_end_within_the_second_after_a_change(self) -> None:
        first = datetime(2026, 3, 8, 9, 59, 59, tzinfo=UTC)
        last = datetime(2026, 3, 8, 10, 0, 0, 500_000, tzinfo=UTC)
        found = offsets("America/Los_Angeles", first, last)
        assert found[1:] == [Offset(datetime(2026, 3, 8, 10, tzinfo=UTC), -7 * 3600)]

    @given(
        st.sampled_from(ZONES),
        instants,
        st.timedeltas(timedelta(0), timedelta(days=400)),
        st.data(),
    )
    def test_tell_the_local_time_of_every_instant_between(self, zone, first, length, data) -> None:
        last = first + length
        found = offsets(zone, first, last)
        at = data.draw(st.datetimes(first.replace(tzinfo=None), last.replace(tzinfo=None)))
        at = at.replace(tzinfo=UTC)
        [offset] = [each for each in found if each.since <= at][-1:]
        assert at.astimezone(ZoneInfo(zone)).utcoffset() == timedelta(seconds=offset.seconds)
