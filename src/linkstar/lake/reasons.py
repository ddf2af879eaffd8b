"""Why a line that was received is kept aside, and what people may decide about it."""

TIME_DERIVED = "time_derived"
"""It counts at its time of arrival, not at the one it states; there is nothing to decide."""
CONFLICT = "conflict"
"""It says something else under an id that counts already."""
SPOILT = "spoilt"
"""A disk has changed or lost bytes of its segment."""
QUARANTINED = ("unreadable", "incomplete", "shop_unknown", "link_unknown", SPOILT)
"""Nothing can be made of it."""
DECIDABLE = (*QUARANTINED, CONFLICT)
ONLY_DISMISSED = (CONFLICT, SPOILT)
"""No decision makes it count: the first of an id stays, and what is lost is lost."""
