"""Everything that changes a collaboration, one verb each."""

from linkstar.collaborations.actions.agreeing import (
    agree_collaboration,
    cancel_collaboration,
    post_message,
)
from linkstar.collaborations.actions.delivering import (
    award_deliverable,
    cancel_deliverable,
    confirm_deliverable,
    extend_deliverable,
    return_deliverable,
    submit_deliverable,
)
from linkstar.collaborations.actions.linking import make_collaboration_link
from linkstar.collaborations.actions.localising import tick_localisation
from linkstar.collaborations.actions.promoting import make_open_link, stop_open_promotion
from linkstar.collaborations.actions.sampling import (
    approve_sample,
    extend_sample,
    receive_sample,
    reject_sample,
    request_sample,
    ship_sample,
    withdraw_sample,
)
from linkstar.collaborations.actions.supporting import (
    approve_support,
    provide_support,
    reject_support,
    request_support,
    withdraw_support,
)
from linkstar.collaborations.actions.taking_down import take_down_content
from linkstar.collaborations.actions.ticking import run_clocks
from linkstar.collaborations.actions.unlinking import stop_link_of_shop, take_host_off_shop

__all__ = [
    "agree_collaboration",
    "approve_sample",
    "approve_support",
    "award_deliverable",
    "cancel_collaboration",
    "cancel_deliverable",
    "confirm_deliverable",
    "extend_deliverable",
    "extend_sample",
    "make_collaboration_link",
    "make_open_link",
    "post_message",
    "provide_support",
    "receive_sample",
    "reject_sample",
    "reject_support",
    "request_sample",
    "request_support",
    "return_deliverable",
    "run_clocks",
    "ship_sample",
    "stop_link_of_shop",
    "stop_open_promotion",
    "submit_deliverable",
    "take_down_content",
    "take_host_off_shop",
    "tick_localisation",
    "withdraw_sample",
    "withdraw_support",
]
