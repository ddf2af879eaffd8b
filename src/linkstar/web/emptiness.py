"""Why a table of figures is empty though there are figures, and which address has some."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from linkstar.insights.questions import By, Question
from linkstar.lake.coverage import Coverage
from linkstar.web.known_days import segments_of
from linkstar.web.labels import BY, DEFINITIONS, SEGMENTS, SOURCES
from linkstar.web.periods import Period, PeriodName


@dataclass(frozen=True, slots=True)
class Emptiness:
    """What an empty table says.

    Attributes:
        lead: what the button says; empty leads to importing a file.
        changes: parts of the address the button changes; None takes a part out.
    """

    title: str
    why: str
    lead: str = ""
    changes: dict[str, str | None] = field(default_factory=dict)


def emptiness(question: Question, period: Period, found: Sequence[Coverage]) -> Emptiness | None:
    """The first reason that holds; None where these shops have no figures at all.

    `found` is what there is of them on any day.
    """
    if not found:
        return None
    told = [each for each in found if question.source in (None, each.source)]
    if question.source and not told:
        source = SOURCES[question.source]
        return Emptiness(
            _("Nothing from this source"),
            _("There are no figures from %(source)s.") % {"source": source},
            _("Show the other source"),
            {"source": None},
        )
    counted = [each for each in told if each.definition is question.definition]
    if not counted:
        others = ", ".join(str(DEFINITIONS[d]) for d in dict.fromkeys(c.definition for c in told))
        return Emptiness(
            _("Nothing counted this way"),
            _("No file so far tells %(asked)s. There are figures for: %(known)s.")
            % {"asked": DEFINITIONS[question.definition], "known": others},
            _("Show %(definition)s") % {"definition": DEFINITIONS[told[0].definition]},
            {"definition": told[0].definition.value},
        )
    if question.segment and question.segment not in segments_of(counted):
        segment = SEGMENTS[question.segment]
        return Emptiness(
            _("Nothing to cut by"),
            _("No file so far tells figures by: %(segment)s.") % {"segment": segment},
            _("Show them uncut"),
            {"segment": None},
        )
    if any(c.starts_on < period.starts_on or period.ends_before < c.ends_before for c in counted):
        return Emptiness(
            _("Nothing on these days"),
            _("There are figures on other days. An export counts only on days that hold its"
              " whole window."),
            _("Show all data"),
            {"period": PeriodName.ALL.value, "from": None, "to": None, "dates": None},
        )  # fmt: skip
    return Emptiness(_("No figures of this kind yet"), _missing_level(question.by))


def _missing_level(by: By) -> str:
    if by is By.PRODUCT:
        return _(
            "No file so far says which product its clicks belong to. Transaction Analysis and the"
            " product analytics of Data Compass do, and videos that show a single product."
        )
    return _("No file so far tells figures for: %(list)s.") % {"list": BY[by]}
