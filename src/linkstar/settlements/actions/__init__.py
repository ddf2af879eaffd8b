"""Closing, approving, paying and disputing; each can run again and changes nothing then."""

from linkstar.settlements.actions.answering import StatedPayout, import_payout_status
from linkstar.settlements.actions.approving import AlreadyApproved, approve_settlement
from linkstar.settlements.actions.banking import state_creator_account, state_shop_account
from linkstar.settlements.actions.closing import Closed, PeriodNotOver, close_period
from linkstar.settlements.actions.closing_due import close_last_period
from linkstar.settlements.actions.dispute_clocks import remind_of_disputes, run_dispute_clocks
from linkstar.settlements.actions.disputing import (
    DisputeRefused,
    answer_dispute,
    appeal_dispute,
    decide_dispute,
    dispute_deliverable,
    end_dispute,
    is_partial,
    open_dispute,
    say_in_dispute,
)
from linkstar.settlements.actions.importing import (
    StatusRow,
    TakenIn,
    import_status_file,
)
from linkstar.settlements.actions.paying import Overdrawn, Paid, make_payouts

__all__ = [
    "AlreadyApproved",
    "Closed",
    "DisputeRefused",
    "Overdrawn",
    "Paid",
    "PeriodNotOver",
    "StatedPayout",
    "StatusRow",
    "TakenIn",
    "answer_dispute",
    "appeal_dispute",
    "approve_settlement",
    "close_last_period",
    "close_period",
    "decide_dispute",
    "dispute_deliverable",
    "end_dispute",
    "import_payout_status",
    "import_status_file",
    "is_partial",
    "make_payouts",
    "open_dispute",
    "remind_of_disputes",
    "run_dispute_clocks",
    "say_in_dispute",
    "state_creator_account",
    "state_shop_account",
]
