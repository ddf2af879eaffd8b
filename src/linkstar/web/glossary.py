"""Terms with their meaning, for the glossary page and the help beside figures."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the trade: an anchor, how it is called, what it means."""

    name: str
    called: str
    meaning: str


def terms() -> list[Term]:
    """Every term, in the reader's language, in the order one needs them."""
    return [*figures(), *method(), *data()]


def figures() -> list[Term]:
    return [
        Term(
            "ctr",
            _("Click-through rate (CTR)"),
            _(
                "Product-link clicks divided by what the definition counts: product impressions,"
                " video views or LIVE views. Two CTRs can only be compared under one definition."
            ),
        ),
        Term(
            "uplift",
            _("CTR uplift against the US market"),
            _(
                "Your CTR divided by the benchmark's CTR, minus one. +150% means 2.5 times the"
                " benchmark. It is always printed both ways, with its interval."
            ),
        ),
        Term(
            "interval",
            _("Interval"),
            _(
                "The range that holds the true uplift in 95 of 100 such cases. It knows that"
                " contents differ from each other, so ten contents say less than their impressions"
                " suggest."
            ),
        ),
        Term(
            "probability",
            _("Probability of being above"),
            _("How probable it is, given the data, that the true CTR is above the benchmark."),
        ),
        Term(
            "shrunken",
            _("Estimate for ranking"),
            _(
                "The uplift pulled towards what is usual in the category, the more the less data"
                " there is. It keeps small contents with lucky clicks from winning every ranking."
            ),
        ),
        Term(
            "state",
            _("Verdict"),
            _(
                "Above or below the market where the data say so and the difference is at least"
                " 10%; cannot tell where the interval holds zero; not enough data below the"
                " minimum of impressions."
            ),
        ),
    ]


def method() -> list[Term]:
    return [
        Term(
            "benchmark",
            _("Benchmark"),
            _(
                "The market's CTR for the same category, content type and definition over named"
                " weeks. Once published an edition never changes. Your own shops are left out."
            ),
        ),
        Term(
            "withheld",
            _("Benchmark not published"),
            _(
                "Fewer than 10 shops, or one shop with more than 25%, stand behind the figure."
                " It is withheld so that nobody's numbers can be worked out from it."
            ),
        ),
        Term(
            "definition",
            _("Definition"),
            _("What the denominator of a CTR counts. A figure always says under which it stands."),
        ),
        Term(
            "band",
            _("Band from p25 to p75"),
            _("Half of the market's contents in the category have a CTR inside this band."),
        ),
        Term(
            "suspicious",
            _("Suspicious traffic"),
            _("Clicks that do not look like people's. No verdict is given until that is settled."),
        ),
    ]


def data() -> list[Term]:
    return [
        Term(
            "creator",
            _("Creator"),
            _("The person who promotes products in videos, LIVE streams or a showcase."),
        ),
        Term("content", _("Content"), _("One video, LIVE stream, product card or showcase.")),
        Term(
            "impressions",
            _("Impressions"),
            _("How often a product link was shown: the denominator under the usual definition."),
        ),
        Term("clicks", _("Clicks"), _("How often a product link was opened.")),
        Term(
            "source",
            _("Source"),
            _(
                "Either the platform's export files or our own tracked events. One figure never"
                " mixes them, because the same click may be in both."
            ),
        ),
        Term(
            "period",
            _("Days"),
            _(
                "Days are counted in the shop's time zone. Files that cover overlapping days are"
                " never added up; what was left out is said beside the figures."
            ),
        ),
    ]
