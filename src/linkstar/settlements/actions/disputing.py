"""Disputes: what is doubted is held in the book until it is decided for good."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from linkstar.accounts.models import User
from linkstar.catalog.models import Shop
from linkstar.collaborations.models import Deliverable
from linkstar.commissions.models import Commission
from linkstar.creators.models import Creator
from linkstar.ledger.actions import hold_book
from linkstar.settlements import rules
from linkstar.settlements.actions.holding import carry_out, hold_amounts
from linkstar.settlements.dispute_telling import Side, tell, until
from linkstar.settlements.disputes import side_of
from linkstar.settlements.evidence import Evidence
from linkstar.settlements.models import Dispute, DisputeEvidence, DisputeMessage
from linkstar.settlements.rules import DisputeState, Outcome

Kind = DisputeMessage.Kind
_DISPUTABLE = (Deliverable.State.RETURNED, Deliverable.State.OVERDUE)
"""States of a deliverable that was handed in and not accepted."""


class DisputeRefused(ValueError):
    """It cannot be disputed, answered or decided now; `reason` is a code the pages have words for.

    Reasons: `no_text`, `already_disputed`, `nothing_earned`, `not_returned`, `own_claim`,
    `clock_running`, `appeal_open`, `too_late`, `own_company`, `too_many_files`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def open_dispute(
    *,
    commission: Commission,
    user: User,
    is_from_creator: bool,
    text: str,
    now: datetime,
    evidence: Sequence[Evidence] = (),
) -> Dispute:
    """Doubt what a creator earned with an order line or a deliverable.

    Whatever of it is not settled yet is held. What was settled before is not taken back meanwhile:
    a decision for the seller lowers the next statement. The other side has `ANSWER_WITHIN` to
    answer.

    Raises:
        DisputeRefused: nothing is said, it is disputed already, or nothing was ever earned.
    """
    _check_text(text)
    hold_book(commission.shop.workspace_id)
    same = Dispute.objects.filter(
        commission__line=commission.line_id,
        commission__deliverable=commission.deliverable_id,
        creator=commission.creator_id,
    )
    if same.exclude(state=DisputeState.FINAL).exists():
        raise DisputeRefused("already_disputed")
    dispute = _opened(
        commission.shop, commission.creator, now, commission=commission,
        is_from_creator=is_from_creator,
    )  # fmt: skip
    hold_amounts(dispute, now)
    _write(dispute, Kind.CLAIM, _side(is_creator=is_from_creator), user, text, now, evidence)
    _tell_opened(dispute, now)
    return dispute


@transaction.atomic
def dispute_deliverable(
    *,
    deliverable: Deliverable,
    user: User,
    text: str,
    now: datetime,
    evidence: Sequence[Evidence] = (),
) -> Dispute:
    """The creator doubts that content that was handed in may be returned or called late.

    Nothing is earned yet, so nothing is held. Decided for the creator, it counts as confirmed.

    Raises:
        DisputeRefused: nothing is said, it is disputed already, or it was not returned.
    """
    _check_text(text)
    shop = deliverable.collaboration.shop
    hold_book(shop.workspace_id)
    found = Deliverable.objects.select_related("collaboration__creator").get(pk=deliverable.pk)
    if found.state not in _DISPUTABLE or not found.url or found.taken_down_at:
        raise DisputeRefused("not_returned")
    if found.disputes.exclude(state=DisputeState.FINAL).exists():
        raise DisputeRefused("already_disputed")
    creator = found.collaboration.creator
    dispute = _opened(shop, creator, now, deliverable=found, is_from_creator=True)
    _write(dispute, Kind.CLAIM, Side.CREATOR, user, text, now, evidence)
    _tell_opened(dispute, now)
    return dispute


@transaction.atomic
def answer_dispute(
    *,
    dispute: Dispute,
    user: User,
    is_creator: bool,
    text: str,
    now: datetime,
    evidence: Sequence[Evidence] = (),
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
    _write(held, Kind.ANSWER, _side(is_creator=is_creator), user, text, now, evidence)
    tell(held, "dispute.answered", [_other(is_creator=is_creator)], now=now)
    tell(held, "dispute.to_decide", [Side.OPERATOR], now=now)
    return held


@transaction.atomic
def say_in_dispute(
    *,
    dispute: Dispute,
    user: User,
    side: str,
    text: str,
    now: datetime,
    evidence: Sequence[Evidence] = (),
) -> DisputeMessage:
    """Add to what is said, while it is not final.

    Raises:
        DisputeRefused: nothing is said, or it is final.
    """
    _check_text(text)
    held = _hold(dispute)
    if held.state == DisputeState.FINAL:
        raise DisputeRefused("too_late")
    written = _write(held, Kind.MESSAGE, side, user, text, now, evidence)
    others = [each for each in (Side.CREATOR, Side.SELLER) if each != side]
    tell(held, "dispute.message", others, now=now)
    return written


@transaction.atomic
def decide_dispute(
    *, dispute: Dispute, outcome: Outcome, user: User, text: str, now: datetime
) -> Dispute:
    """Decide whose the amount is. It stays held until the time to appeal is over.

    The decision on an appeal is final at once.

    Raises:
        DisputeRefused: no reason is given, the other side still has time to answer, or the person
            belongs to one of the sides and somebody else could decide.
        MoveRefused: it was decided before.
    """
    _check_text(text)
    held = _hold(dispute)
    if is_partial(user, held):
        raise DisputeRefused("own_company")
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
        _end(held, now)
    else:
        by = until(held.clock_ends_at, held) if held.clock_ends_at else ""
        tell(held, f"dispute.decided_{outcome}", _BOTH, now=now, until=by)
    return held


@transaction.atomic
def appeal_dispute(
    *,
    dispute: Dispute,
    user: User,
    is_creator: bool,
    text: str,
    now: datetime,
    evidence: Sequence[Evidence] = (),
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
    _write(held, Kind.APPEAL, _side(is_creator=is_creator), user, text, now, evidence)
    tell(held, "dispute.appealed", [_other(is_creator=is_creator), Side.OPERATOR], now=now)
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
    _end(held, now)
    return held


def is_partial(user: User, dispute: Dispute) -> bool:
    """Whether an operator is one of the sides, while another operator could decide."""
    others = User.objects.filter(is_operator=True, is_active=True).exclude(pk=user.pk)
    return side_of(user, dispute) is not None and others.exists()


_BOTH = (Side.CREATOR, Side.SELLER)


def _opened(shop: Shop, creator: Creator, now: datetime, **fields: object) -> Dispute:
    return Dispute.objects.create(
        shop=shop,
        creator=creator,
        opened_at=now,
        clock_ends_at=now + rules.ANSWER_WITHIN,
        **fields,
    )


def _tell_opened(dispute: Dispute, now: datetime) -> None:
    other = _other(is_creator=dispute.is_from_creator)
    assert dispute.clock_ends_at
    tell(dispute, "dispute.opened", [other], now=now, until=until(dispute.clock_ends_at, dispute))


def _end(dispute: Dispute, now: datetime) -> None:
    carry_out(dispute, now)
    tell(dispute, f"dispute.final_{dispute.outcome}", _BOTH, now=now)


def _hold(dispute: Dispute) -> Dispute:
    hold_book(dispute.shop.workspace_id)
    return (
        Dispute.objects.select_for_update(of=("self",))
        .select_related(
            "shop__workspace",
            "creator__user",
            "commission__line",
            "commission__deliverable",
            "deliverable__collaboration",
        )
        .get(pk=dispute.pk)
    )


def _go(dispute: Dispute, to: DisputeState, **fields: object) -> None:
    dispute.state = rules.move(rules.DISPUTE_MOVES, dispute.state, to)
    for name, value in fields.items():
        setattr(dispute, name, value)
    dispute.save(update_fields=["state", *fields])


def _write(  # noqa: PLR0917  # who said what, in the order of the record
    dispute: Dispute,
    kind: str,
    side: str,
    user: User | None,
    text: str,
    now: datetime,
    evidence: Sequence[Evidence] = (),
) -> DisputeMessage:
    before = DisputeEvidence.objects.filter(message__dispute=dispute).count()
    if (
        len(evidence) > rules.EVIDENCE_PER_MESSAGE_MAX
        or before + len(evidence) > rules.EVIDENCE_PER_DISPUTE_MAX
    ):
        raise DisputeRefused("too_many_files")
    message = DisputeMessage.objects.create(
        dispute=dispute, kind=kind, side=side, user=user, text=text.strip(), at=now
    )
    DisputeEvidence.objects.bulk_create(
        DisputeEvidence(
            message=message,
            name=each.name,
            stored_as=each.kept.stored_as,
            media_type=each.kept.media_type,
            size=each.kept.size,
            sha256=each.kept.sha256,
        )
        for each in evidence
    )
    return message


def _side(*, is_creator: bool) -> Side:
    return Side.CREATOR if is_creator else Side.SELLER


def _other(*, is_creator: bool) -> Side:
    return Side.SELLER if is_creator else Side.CREATOR


def _check_text(text: str) -> None:
    if not text.strip():
        raise DisputeRefused("no_text")
