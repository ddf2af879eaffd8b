"""Answers kept for a while, so that a call that is sent twice is done once."""

from datetime import datetime, timedelta

from linkstar.accounts.models import RememberedAnswer, User, Workspace

KEPT_FOR = timedelta(days=30)


class IdempotencyKeyReused(ValueError):
    """The name was given to another call before."""


def claim(
    *, workspace: Workspace | None, user: User | None, name: str, digest: str, now: datetime
) -> RememberedAnswer:
    """The answer kept under that name, or a place for the one that is about to be made.

    Needs an open transaction: whoever comes second waits for the first to end, and finds its
    answer, or nothing when it was refused.

    Args:
        workspace: whose call it is; None when it is a creator's.
        user: the creator; None when it is a company's.
        name: as the sender calls it.
        digest: of everything that was asked.
        now: the instant.

    Raises:
        IdempotencyKeyReused: see there.
    """
    kept, _ = RememberedAnswer.objects.select_for_update().get_or_create(
        workspace=workspace, user=user, name=name, defaults={"digest": digest, "at": now}
    )
    if kept.digest != digest:
        raise IdempotencyKeyReused(name)
    return kept


def forget_answers(*, now: datetime) -> int:
    """Drop what was kept long enough; how many."""
    return RememberedAnswer.objects.filter(at__lt=now - KEPT_FOR).delete()[0]
