"""The method drawer: from the definition of a figure down to its counts and the query."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from linkstar.insights.explaining import Evidence, Filtered
from linkstar.lake.measures import ViewCounts
from linkstar.stats import NoData, identity, tipping_point
from linkstar.web import formats
from linkstar.web.benchmark_labels import summary_label
from linkstar.web.category_names import CategoryNames
from linkstar.web.labels import DEFINITIONS, SOURCES, content_type_name

ELEMENTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Drawer:
    """Steps in the order the figure is worked out, then the tables and the query behind it."""

    steps: tuple[tuple[str, str], ...]
    elements: tuple[tuple[str, ...], ...]
    elements_left: int
    cells: tuple[tuple[str, ...], ...]
    sql: str
    parameters: tuple[tuple[str, str], ...]
    imports: tuple[str, ...]


def drawer_of(evidence: Evidence, language: str) -> Drawer:
    elements = evidence.elements.slice(0, ELEMENTS_SHOWN).to_pylist()
    cells = evidence.cells.to_pylist()
    names = CategoryNames(language)
    names.learn(row["category"] for row in [*elements, *cells])
    return Drawer(
        steps=tuple(steps(evidence, language)),
        elements=tuple(element_line(row, names, language) for row in elements),
        elements_left=max(0, evidence.elements.num_rows - ELEMENTS_SHOWN),
        cells=tuple(cell_line(row, names, language) for row in cells),
        sql=evidence.sql.strip(),
        parameters=tuple((name, str(value)) for name, value in evidence.parameters),
        imports=evidence.imports,
    )


def steps(evidence: Evidence, language: str) -> Iterator[tuple[str, str]]:
    """Definition, counts, CTR, benchmark, uplift, interval: each from the one before."""
    row: Mapping[str, Any] = evidence.row
    whole, ctr = formats.whole, formats.ctr
    yield (
        _("Definition"),
        (
            f"{DEFINITIONS[evidence.definition]}"
            f" = {evidence.clicks_column} / {evidence.impressions_column}"
            f" · {SOURCES[evidence.source]}"
        ),
    )
    yield (
        _("Counts"),
        _("%(clicks)s clicks, %(impressions)s impressions, %(contents)s contents")
        % {
            "clicks": whole(row["clicks"], language),
            "impressions": whole(row["impressions"], language),
            "contents": whole(row["contents"], language),
        },
    )
    if evidence.filtered is not None:
        yield _("Filtered traffic"), filtered_words(evidence.filtered, row, language)
    yield _("CTR"), ctr(row["ctr"], language)
    if evidence.viewed is not None:
        yield _("From views to clicks"), views_words(evidence.viewed, language)
    yield (
        _("Benchmark"),
        _("%(ctr)s for the same mix of categories and content types · %(edition)s")
        % {
            "ctr": ctr(row["benchmark_ctr"], language),
            "edition": summary_label(evidence.benchmark, language),
        },
    )
    yield (
        _("CTR uplift"),
        (
            f"{ctr(row['ctr'], language)} / {ctr(row['benchmark_ctr'], language)} − 1"
            f" = {formats.both_spellings(row['uplift'], language)}"
        ),
    )
    yield (
        _("Interval"),
        _(
            "%(limits)s. Contents differ, so these impressions say as much as 1/%(effect)s of"
            " them would if every impression were independent (design effect)."
        )
        % {
            "limits": formats.interval(row["low"], row["high"], language),
            "effect": formats.ratio(row["design_effect"], language).rstrip(formats.TIMES),
        },
    )
    if row["low"] is not None and row["low"] > 0:
        yield (
            _("What would erase it"),
            _("%(share)s of these clicks would have to be invalid to bring the lower limit to 0")
            % {"share": formats.share(float(tipping_point(row["low"])), language)},
        )
    yield (
        _("Floors of the benchmark"),
        _(
            "at least %(shops)s shops, %(creators)s creators, %(impressions)s impressions;"
            " the largest shop at most %(largest)s, the two largest at most %(two)s"
        )
        % {
            "shops": evidence.floors.shops,
            "creators": evidence.floors.creators,
            "impressions": whole(evidence.floors.impressions, language),
            "largest": formats.share(evidence.floors.largest_share, language),
            "two": formats.share(evidence.floors.top_two_share, language),
        },
    )


def views_words(viewed: ViewCounts, language: str) -> str:
    """The two links between a view and a click, and what they multiply to."""
    chain = identity(views=viewed.views, impressions=viewed.impressions, clicks=viewed.clicks)
    return _(
        "clicks / views %(per_view)s = product impressions / views %(shown)s ×"
        " clicks / product impressions %(ctr)s, over %(views)s views of what states all three"
    ) % {
        "per_view": link_words(chain.clicks_per_view, language),
        "shown": link_words(chain.impressions_per_view, language),
        "ctr": link_words(chain.ctr, language),
        "views": formats.whole(viewed.views, language),
    }


def link_words(link: float | NoData, language: str) -> str:
    return formats.NOTHING if isinstance(link, NoData) else formats.ctr(link, language)


def filtered_words(filtered: Filtered, row: Mapping[str, Any], language: str) -> str:
    """How much of all that was tracked does not count, beside what does."""
    if not (filtered.impressions or filtered.clicks):
        return _("nothing: no rule flagged any of this traffic as invalid")
    return _(
        "%(impressions)s impressions (%(of_impressions)s of all tracked) and %(clicks)s clicks"
        " (%(of_clicks)s) were flagged as invalid and are not counted"
    ) % {
        "impressions": formats.whole(filtered.impressions, language),
        "of_impressions": share_of(filtered.impressions, row["impressions"], language),
        "clicks": formats.whole(filtered.clicks, language),
        "of_clicks": share_of(filtered.clicks, row["clicks"], language),
    }


def share_of(part: int, rest: int, language: str) -> str:
    """The part in the whole of both; a dash where there is no whole."""
    whole = part + rest
    return formats.share(part / whole, language) if whole else formats.NOTHING


def element_line(row: Mapping[str, Any], names: CategoryNames, language: str) -> tuple[str, ...]:
    return (
        row["content_title"] or row["content_id"] or formats.NOTHING,
        names.last(row["category"]),
        content_type_name(row["content_type"]),
        formats.whole(row["impressions"], language),
        formats.whole(row["clicks"], language),
        formats.ctr(row["ctr"], language),
        formats.ctr(row["benchmark_ctr"], language),
        formats.decimal(row["expected_clicks"], language),
    )


def cell_line(row: Mapping[str, Any], names: CategoryNames, language: str) -> tuple[str, ...]:
    return (
        names.full(row["category"]) if row["category"] else _("all categories"),
        content_type_name(row["content_type"]) if row["content_type"] else _("all types"),
        formats.ctr(row["ctr"], language),
        formats.whole(row["impressions"], language),
        formats.whole(row["shops"], language),
        formats.whole(row["creators"], language),
        formats.whole(row["contents"], language),
        formats.whole(row["impressions_compared"], language),
    )
