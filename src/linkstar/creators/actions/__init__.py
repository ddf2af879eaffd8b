"""Everything that changes creators and what sellers keep about them, one verb each."""

from linkstar.creators.actions.keeping import (
    ListNameTaken,
    add_to_list,
    delete_list,
    make_list,
    remove_from_list,
    write_note,
)
from linkstar.creators.actions.learning import (
    CreatorRow,
    CreatorSeen,
    Saved,
    learn_creators,
    save_creators,
)
from linkstar.creators.actions.profile import (
    Profile,
    bind_channel,
    change_profile,
    give_consent,
    open_profile,
    set_audience,
    set_rates,
    summarise,
    unbind_channel,
)
from linkstar.creators.actions.verifying import (
    HandleTaken,
    reinstate,
    return_creator,
    submit,
    suspend,
    verify,
)

__all__ = [
    "CreatorRow",
    "CreatorSeen",
    "HandleTaken",
    "ListNameTaken",
    "Profile",
    "Saved",
    "add_to_list",
    "bind_channel",
    "change_profile",
    "delete_list",
    "give_consent",
    "learn_creators",
    "make_list",
    "open_profile",
    "reinstate",
    "remove_from_list",
    "return_creator",
    "save_creators",
    "set_audience",
    "set_rates",
    "submit",
    "summarise",
    "suspend",
    "unbind_channel",
    "verify",
    "write_note",
]
