"""Disputes: what is doubted is held in the book until it is decided for good."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from linkstar.accounts.models import User
from linkstar.attribution.actions import reattribute_by_hand
from linkstar.attribution.models import Attribution
from linkstar.commissions.actions import accrue_commissions
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import State, moved, owed_account
from linkstar.ledger.actions import hold_book, post_entries
from linkstar.ledger.rules import Draft
from linkstar.settlements import rules
from linkstar.settlements.models import Dispute, DisputeMessage, Hold
from linkstar.settlements.rules import DisputeState, Outcome

_HOLDABLE = (State.ACCRUED, State.APPROVED, State.PAYABLE)
Kind = DisputeMessage.Kind
Side = DisputeMessage.Side


class DisputeRefused(ValueError):
    """It cannot be disputed, answered or decided now; `reason` is a code the pages have words for.

    Reasons: `no_text`, `already_disputed`, `no_line`, `own_claim`, `clock_running`, `appeal_open`,
    `too_late`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def open_dispute(
    *, commission: Commission, user: User, is_from_creator: bool, text: str, now: datetime
) -> Dispute:
    """Doubt what a creator earned for an order line; whatever is not settled yet is held.

    What was settled before is not taken back meanwhile: a decision for the seller lowers the next
    statement. The other side has `ANSWER_WITHIN` to answer.

    Raises:
        DisputeRefused: nothing is said, it is disputed already, or it is not about a line.
    """
    _check_text(text)
    hold_book(commission.shop.workspace_id)
    if commission.line_id is None:
        raise DisputeRefused("no_line")
    same = Dispute.objects.filter(
        commission__line=commission.line_id, commission__creator=commission.creator_id
    )
    if same.exclude(state=DisputeState.FINAL).exists():
        raise DisputeRefused("already_disputed")
    dispute = Dispute.objects.create(
        commission=commission,
        is_from_creator=is_from_creator,
        opened_at=now,
        clock_ends_at=now + rules.ANSWER_WITHIN,
    )
    side = Side.CREATOR if is_from_creator else Side.SELLER
    _write(dispute, Kind.CLAIM, side, user, text, now)
    doubted = list(_amounts(dispute).filter(state__in=_HOLDABLE))
    _post(dispute, [(row, row.state, State.HELD) for row in doubted], "held", now)
    Hold.objects.bulk_create(
        Hold(dispute=dispute, commission=row, state_before=row.state, held_at=now)
        for row in doubted
    )
    Commission.objects.filter(pk__in=[row.pk for row in doubted]).update(state=State.HELD)
    return dispute


@transaction.atomic
def answer_dispute(
    *, dispute: Dispute, user: User, is_creator: bool, text: str, now: datetime
) -> Dispute:
    """The other side's answer; then it can be decided.

    Raises:
        DisputeRefused: nothing is said, or who opened it answers it.
        MoveRefused: it was answered or decided before.
    """
    _check_text(text)
    held = _hold(dispute)
    if is_creator == held.is_from_creator:
        raise DisputeRefused("own_claim")
    _go(held, DisputeState.ANSWERED, clock_ends_at=None)
    _write(held, Kind.ANSWER, Side.CREATOR if is_creator else Side.SELLER, user, text, now)
    return held


@transaction.atomic
def say_in_dispute(
    *, dispute: Dispute, user: User, side: str, text: str, now: datetime
) -> DisputeMessage:
    """Add to what is said, while it is not final.

    Raises:
        DisputeRefused: nothing is said, or it is final.
    """
    _check_text(text)
    held = _hold(dispute)
    if held.state == DisputeState.FINAL:
        raise DisputeRefused("too_late")
    return _write(held, Kind.MESSAGE, side, user, text, now)


@transaction.atomic
def decide_dispute(
    *, dispute: Dispute, outcome: Outcome, user: User, text: str, now: datetime
) -> Dispute:
    """Decide whose the amount is. It stays held until the time to appeal is over.

    The decision on an appeal is final at once.

    Raises:
        DisputeRefused: no reason is given, or the other side still has time to answer.
        MoveRefused: it was decided before.
    """
    _check_text(text)
    held = _hold(dispute)
    if held.state == DisputeState.OPEN and held.clock_ends_at and now < held.clock_ends_at:
        raise DisputeRefused("clock_running")
    is_last_word = held.state == DisputeState.APPEALED
    if is_last_word:
        _go(held, DisputeState.FINAL, outcome=outcome, decided_at=now, clock_ends_at=None)
    else:
        ends_at = now + rules.APPEAL_WITHIN
        _go(held, DisputeState.DECIDED, outcome=outcome, decided_at=now, clock_ends_at=ends_at)
    _write(held, Kind.DECISION, Side.OPERATOR, user, text, now)
    if is_last_word:
        _carry_out(held, now)
    return held


@transaction.atomic
def appeal_dispute(
    *, dispute: Dispute, user: User, is_creator: bool, text: str, now: datetime
) -> Dispute:
    """Ask for a second decision, once, by the side the first one went against.

    Raises:
        DisputeRefused: nothing is said, it went the side's way, or the time is over.
        MoveRefused: there is no decision to appeal.
    """
    _check_text(text)
    held = _hold(dispute)
    if (held.outcome == Outcome.CREATOR) == is_creator and held.outcome:
        raise DisputeRefused("own_claim")
    if held.clock_ends_at and now >= held.clock_ends_at:
        raise DisputeRefused("too_late")
    _go(held, DisputeState.APPEALED, clock_ends_at=None)
    _write(held, Kind.APPEAL, Side.CREATOR if is_creator else Side.SELLER, user, text, now)
    return held


@transaction.atomic
def end_dispute(*, dispute: Dispute, now: datetime) -> Dispute:
    """Make a decision final once nobody appealed in time, and carry it out in the book.

    Raises:
        DisputeRefused: it can still be appealed.
        MoveRefused: it is not decided.
    """
    held = _hold(dispute)
    if held.state != DisputeState.DECIDED:
        raise rules.MoveRefused(held.state, DisputeState.FINAL)
    if held.clock_ends_at and now < held.clock_ends_at:
        raise DisputeRefused("appeal_open")
    _go(held, DisputeState.FINAL, clock_ends_at=None)
    _carry_out(held, now)
    return held


def _carry_out(dispute: Dispute, now: datetime) -> None:
    """Give the line to nobody where the seller won, then let go of what was held.

    Taking back is accruing's own work, so the amounts add up to what the line is worth; what it
    takes back while the line is held is held too, and is let go together with it.
    """
    commission = dispute.commission
    decision = dispute.messages.filter(kind=Kind.DECISION).order_by("-pk").first()
    if dispute.outcome == Outcome.SELLER and decision and decision.user and commission.line:
        # Where the line was given to somebody else meanwhile, their part was not in dispute.
        is_still_theirs = Attribution.objects.filter(
            line=commission.line, is_current=True, creator=commission.creator_id
        ).exists()
        if is_still_theirs:
            reattribute_by_hand(
                line=commission.line,
                creator=None,
                reason=f"dispute {dispute.pk}",
                user=decision.user,
                now=now,
            )
        accrue_commissions(shop=commission.shop, now=now)
    _release(dispute, now)


def _release(dispute: Dispute, now: datetime) -> None:
    before = dict(dispute.holds.values_list("commission", "state_before"))
    back = max(before.values(), key=_HOLDABLE.index, default=State.PAYABLE)
    rows = list(_amounts(dispute).filter(state=State.HELD))
    moves = [(row, State.HELD, before.get(row.pk, back)) for row in rows]
    _post(dispute, moves, "released", now)
    for row, _, to in moves:
        extra = {"payable_at": now} if to == State.PAYABLE else {}
        Commission.objects.filter(pk=row.pk).update(state=to, **extra)
    dispute.holds.filter(released_at=None).update(released_at=now)


def _post(
    dispute: Dispute, moves: Sequence[tuple[Commission, str, str]], verb: str, now: datetime
) -> None:
    drafts = [
        Draft(
            kind=f"dispute_{verb}",
            key=f"dispute:{dispute.pk}:{verb}:{row.pk}",
            happened_at=now,
            postings=(
                moved(
                    row.amount_minor,
                    row.currency,
                    frm=owed_account(row.creator_id, State(frm)),
                    to=owed_account(row.creator_id, State(to)),
                ),
            ),
            facts={"dispute": dispute.pk, "line": row.line_id},
        )
        for row, frm, to in moves
        if row.amount_minor
    ]
    if drafts:
        post_entries(book=dispute.commission.shop.workspace_id, drafts=drafts, now=now)


def _amounts(dispute: Dispute) -> QuerySet[Commission]:
    """Every amount of the creator for the line."""
    one = dispute.commission
    return Commission.objects.filter(line=one.line_id, creator=one.creator_id).order_by("pk")


def _hold(dispute: Dispute) -> Dispute:
    hold_book(dispute.commission.shop.workspace_id)
    return (
        Dispute.objects.select_for_update(of=("self",))
        .select_related("commission__shop", "commission__line")
        .get(pk=dispute.pk)
    )


def _go(dispute: Dispute, to: DisputeState, **fields: object) -> None:
    dispute.state = rules.move(rules.DISPUTE_MOVES, dispute.state, to)
    for name, value in fields.items():
        setattr(dispute, name, value)
    dispute.save(update_fields=["state", *fields])


def _write(  # noqa: PLR0917  # who said what, in the order of the record
    dispute: Dispute, kind: str, side: str, user: User | None, text: str, now: datetime
) -> DisputeMessage:
    return DisputeMessage.objects.create(
        dispute=dispute, kind=kind, side=side, user=user, text=text.strip(), at=now
    )


def _check_text(text: str) -> None:
    if not text.strip():
        raise DisputeRefused("no_text")
