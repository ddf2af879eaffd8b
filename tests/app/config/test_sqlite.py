from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.db import connection
from django.db.backends.sqlite3.operations import DatabaseOperations

from linkstar.accounts.models import User

pytestmark = pytest.mark.django_db
INSTANTS = [
    datetime(2026, 11, 29, 7, 5, tzinfo=UTC),
    datetime(2026, 11, 29, 7, 5, 1, 20, tzinfo=UTC),
    datetime(2026, 11, 29, 7, 5, tzinfo=timezone(timedelta(hours=8))),
]


class TestAnInstant:
    @pytest.mark.parametrize("instant", INSTANTS)
    def test_is_written_as_django_writes_it_and_read_as_it_was(self, instant: datetime) -> None:
        djangos = DatabaseOperations(connection)
        written = connection.ops.adapt_datetimefield_value(instant)
        assert written == djangos.adapt_datetimefield_value(instant)
        person = User.objects.create(email="lin@example.com", date_joined=instant)
        [read] = User.objects.filter(pk=person.pk).values_list("date_joined", flat=True)
        assert (read, read.utcoffset()) == (instant, timedelta())

    def test_of_nobody_is_nothing(self) -> None:
        person = User.objects.create(email="lin@example.com", last_login=None)
        assert User.objects.values_list("last_login", flat=True).get(pk=person.pk) is None

    def test_is_cut_to_days_by_the_database(self) -> None:
        User.objects.create(email="lin@example.com", date_joined=INSTANTS[0])
        assert list(User.objects.dates("date_joined", "day")) == [date(2026, 11, 29)]
        [instant] = User.objects.datetimes("date_joined", "day")
        assert instant == datetime(2026, 11, 29, tzinfo=UTC)
