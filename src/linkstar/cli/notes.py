"""One sentence for each thing a reader of an uplift answer has to know."""

from collections.abc import Mapping

from linkstar.cli.words import gettext as _


def note_text(note: Mapping[str, int | float | str]) -> str:
    """The sentence of a note, with its figures."""
    sentence = {
        "no_data": _("Nothing was counted for this question."),
        "no_benchmark": _(
            "There is no benchmark yet: build one, import one, or use your own history."
        ),
        "definition_not_in_benchmark": _(
            "The benchmark has no figures of this definition of CTR; nothing is compared."
        ),
        "other_source_has_data": _("The other source (--source) has data for this period, too."),
        "windows_left_out": _(
            "Some export windows overlap others and were left out; none is summed twice."
        ),
        "rolled_up": _("Some contents were compared with a wider category."),
        "partly_covered": _("Only part of the impressions has a benchmark."),
        "period_differs": _("The benchmark covers other days than the period asked for."),
        "clicks_derived": _("Some clicks were worked out from a printed rate."),
        "without_key": _("Some impressions belong to no row: the facts do not say whose they are."),
        "own_history": _("Compared with the workspace's own history, not with the market."),
        "suspicious_content": _("Contents with suspicious traffic are flagged."),
    }[str(note["kind"])]
    facts = ", ".join(f"{name} {value}" for name, value in note.items() if name != "kind")
    return f"{sentence} ({facts})" if facts else sentence
