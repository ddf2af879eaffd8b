"""Everything that changes campaigns, invitations and negotiations, one verb each."""

from linkstar.recruiting.actions.campaigns import (
    apply,
    cancel_campaign,
    close_signup,
    decline_application,
    draft_campaign,
    open_signup,
    reconsider_application,
    select_application,
    withdraw_application,
)
from linkstar.recruiting.actions.inviting import (
    Batch,
    accept_invitation,
    check_batch,
    counter_invitation,
    decline_invitation,
    dry_run,
    send_invitations,
    withdraw_invitation,
)
from linkstar.recruiting.actions.keeping import (
    NameTaken,
    delete_template,
    save_template,
    state_outreach,
)
from linkstar.recruiting.actions.negotiating import (
    accept_offer,
    counter_offer,
    decline_negotiation,
    propose,
    withdraw_negotiation,
)
from linkstar.recruiting.actions.ticking import run_clocks

__all__ = [
    "Batch",
    "NameTaken",
    "accept_invitation",
    "accept_offer",
    "apply",
    "cancel_campaign",
    "check_batch",
    "close_signup",
    "counter_invitation",
    "counter_offer",
    "decline_application",
    "decline_invitation",
    "decline_negotiation",
    "delete_template",
    "draft_campaign",
    "dry_run",
    "open_signup",
    "propose",
    "reconsider_application",
    "run_clocks",
    "save_template",
    "select_application",
    "send_invitations",
    "state_outreach",
    "withdraw_application",
    "withdraw_invitation",
    "withdraw_negotiation",
]
