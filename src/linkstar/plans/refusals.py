"""Why a plan, a rate, an incentive or a package is not taken; then nothing of it is written."""

from datetime import date


class PlanRefused(ValueError):
    """The promise cannot be made; what it says of itself is in its fields."""


class RateOutOfBounds(PlanRefused):
    """The market lets this kind of plan promise another range only."""

    def __init__(self, rate_bps: int, *, rate_bps_min: int, rate_bps_max: int) -> None:
        super().__init__(rate_bps)
        self.rate_bps = rate_bps
        self.rate_bps_min = rate_bps_min
        self.rate_bps_max = rate_bps_max


class AdsRateOutOfBounds(RateOutOfBounds):
    """The same for the rate of orders that come through ads."""


class StartsInThePast(PlanRefused):
    """A promise can begin today at the earliest."""

    def __init__(self, starts_on: date, *, earliest: date) -> None:
        super().__init__(starts_on)
        self.starts_on = starts_on
        self.earliest = earliest


class EndsBeforeItStarts(PlanRefused):
    """The end has to come after the start."""


class LowersToday(PlanRefused):
    """It would take something from orders already placed today; a lower rate begins tomorrow."""

    def __init__(self, earliest: date) -> None:
        super().__init__(earliest)
        self.earliest = earliest


class PlanOverlaps(PlanRefused):
    """Another plan of the same kind is about the same at the same time."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class CreatorNamedTwice(PlanRefused):
    """Another plan of the same kind and scope names the creator at the same time."""

    def __init__(self, creator: str, *, name: str) -> None:
        super().__init__(creator, name)
        self.creator = creator
        self.name = name


class NobodyNamed(PlanRefused):
    """A targeted plan names one creator at least."""


class TooManyCreators(PlanRefused):
    """The market lets one plan name so many creators at most."""

    def __init__(self, count: int, *, limit: int) -> None:
        super().__init__(count)
        self.count = count
        self.limit = limit


class NobodyToName(PlanRefused):
    """An open plan is for everybody and names no one."""


class ScopeUnclear(PlanRefused):
    """A plan for a category needs one, a plan for a product a product of the shop."""


class PlanOver(PlanRefused):
    """The plan has ended or was stopped; make a new one."""


class OutsideThePlan(PlanRefused):
    """The new rate would begin outside the plan's time."""


class CutNotAllowed(PlanRefused):
    """The terms of this kind of plan are kept until it ends; only a higher rate is taken."""


class RateUnchanged(PlanRefused):
    """The plan has this very rate on that day already."""


class BonusMissing(PlanRefused):
    """A boost needs a bonus rate above zero, and only a boost has one."""


class PackageIncomplete(PlanRefused):
    """A package needs at least one video, one day and a price."""
