"""Asking the European Central Bank for its reference rates, and remembering what came of it.

That nobody answers is no fault of the program: it is an outcome with a name, which the pages of
whoever runs the installation show. Rates come from files and from the operator meanwhile.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from pathlib import Path

from linkstar.accounts.actions import record
from linkstar.accounts.models import AuditEvent, User
from linkstar.egress import EgressFailed, EgressRefused, ask
from linkstar.exchange.actions import import_ecb_rates
from linkstar.exchange.ecb_files import BYTES_MAX, RatesUnreadable

OFF = "off"
FETCHED = "rates.fetched"
TAKEN_IN = "taken_in"
SECONDS = 60.0
PUBLISHED_AT = time(15, 30, tzinfo=UTC)
"""The bank publishes about 16:00 Central European Time, in summer and in winter before this."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of asking once.

    Attributes:
        state: `taken_in`; `off`, `file_missing`, `not_https`, `address`, `scheme`, `user`, `port`,
            `not_public` (nobody was asked); `unresolved`, `unreachable`, `tls`, `too_slow`,
            `not_http`, `status` (nobody answered, or not with a file); `unreadable`.
        detail: the status, or what is wrong with the file.
        new: how many rates were not known before.
    """

    state: str
    at: datetime
    source: str
    detail: str = ""
    new: int = 0


class _Failed(Exception):
    """Ends an attempt; `state` and `detail` are those of `Fetched`."""

    def __init__(self, state: str, detail: str = "") -> None:
        super().__init__(state, detail)
        self.state, self.detail = state, detail


def fetch_ecb_rates(
    *, source: str, now: datetime, user: User | None = None, allow_loopback: bool = False
) -> Fetched:
    """Take in what is published, and write down what came of it. Never raises for a bad answer.

    Args:
        source: an https address, the path of a file kept up to date by somebody else, or `off`.
        now: the instant.
        user: who asked for it; nobody when it is the regular run.
        allow_loopback: tests alone set it: an unencrypted server on this machine is asked.
    """
    try:
        new = import_ecb_rates(content=_content(source, allow_loopback=allow_loopback), now=now)
        told = Fetched(TAKEN_IN, now, source, new=new)
    except _Failed as failed:
        told = Fetched(failed.state, now, source, failed.detail)
    except RatesUnreadable as unreadable:
        told = Fetched("unreadable", now, source, f"{unreadable.code} {unreadable.line}")
    detail = {"state": told.state, "detail": told.detail, "new": told.new}
    record(workspace=None, user=user, verb=FETCHED, target=source[:200], now=now, **detail)
    return told


def last_fetch(*, only_taken_in: bool = False) -> Fetched | None:
    """What came of the last attempt, or when the last good one was; None before any."""
    events = AuditEvent.objects.filter(verb=FETCHED).order_by("-at", "-pk")
    if only_taken_in:
        events = events.filter(detail__state=TAKEN_IN)
    last = events.first()
    if last is None:
        return None
    said = {name: last.detail[name] for name in ("state", "detail", "new")}
    return Fetched(at=last.at, source=last.target, **said)


def is_due(now: datetime) -> bool:
    """Whether something was published since rates were last taken in."""
    today = datetime.combine(now.astimezone(UTC).date(), PUBLISHED_AT)
    published = today if today <= now else today - timedelta(days=1)
    last = last_fetch(only_taken_in=True)
    return last is None or last.at < published


def _content(source: str, *, allow_loopback: bool) -> bytes:
    if source == OFF:
        raise _Failed("off")
    if "://" not in source:
        try:
            return Path(source).read_bytes()
        except OSError as fault:
            raise _Failed("file_missing", fault.strerror or "") from fault
    if not source.startswith("https://") and not allow_loopback:
        raise _Failed("not_https")
    try:
        told = ask(source, seconds=SECONDS, bytes_max=BYTES_MAX, allow_loopback=allow_loopback)
    except (EgressRefused, EgressFailed) as failed:
        raise _Failed(failed.code) from failed
    if told.status != HTTPStatus.OK:
        raise _Failed("status", str(told.status))
    if told.is_cut:
        raise _Failed("unreadable", "too_large 1")
    return told.body
