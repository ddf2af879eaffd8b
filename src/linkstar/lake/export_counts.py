"""Counts from period facts: the newest statement of each subject over disjoint windows."""

from collections.abc import Sequence

from linkstar.events.vocabulary import DEFINITION_COLUMNS
from linkstar.lake.categories import marked, shared, within
from linkstar.lake.export_plan import Plan, planned, stated_rows, taken_windows
from linkstar.lake.ready_windows import SPLIT
from linkstar.lake.relations import SQL_TYPES, whole_rows
from linkstar.lake.selection import (
    COUNTS,
    TOTALS,
    Counts,
    Level,
    PoolScope,
    Scope,
    Selection,
    named_in,
)
from linkstar.lake.store import Lake
from linkstar.lake.tables import PERFORMANCE

ONE_PRODUCT = "(len(product_ids) = 1 AND product_ids[1] IS NOT NULL)"
"""SQL for what mostly is the case, and cheaper to see than to tell products apart."""
_CREATOR = "lower(coalesce(creator, creator_name))"


def export_counts(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> Counts:
    """The counts of a selection from exports; see `content_counts`."""
    plan = planned(lake, scope, selection)
    if not plan.taken:
        return Counts(COUNTS.empty_table(), (), tuple(plan.left_out), "", {})
    rows = sql_of_rows(scope, selection, plan=plan)
    sql = f"{rows} SELECT {', '.join(COUNTS.names)} FROM named WHERE {asked(selection, plan)}"
    bound = named_in(sql, plan.bound)
    table = lake.engine.query(sql, bound, plan.tables).cast(COUNTS)
    return Counts(table, tuple(plan.taken), tuple(plan.left_out), sql, bound)


def export_totals(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> tuple[int, int]:
    """The sums of `export_counts`; see `total_counts`."""
    plan = planned(lake, scope, selection)
    if not plan.taken:
        return 0, 0
    clicks, impressions = DEFINITION_COLUMNS[selection.definition]
    rows, only = sql_of_rows(scope, selection, plan=plan), row_by_row(selection, plan)
    stated = f"SELECT {impressions} AS impressions, {clicks} AS clicks"
    if is_told_by_windows(selection, plan):
        sql = f"SELECT {TOTALS} FROM ({stated} FROM {taken_windows(scope, selection)})"
    elif only is not None:
        sql = f"{rows} SELECT {TOTALS} FROM ({stated} FROM counted WHERE {only})"
    else:
        sql = f"{rows} SELECT {TOTALS} FROM named WHERE {asked(selection, plan)}"
    [found] = lake.engine.query(sql, named_in(sql, plan.bound), plan.tables).to_pylist()
    return found["impressions"], found["clicks"]


def sql_of_rows(
    scope: Scope | PoolScope,
    selection: Selection,
    *,
    plan: Plan,
    more: Sequence[str] = (),
    more_keys: Sequence[str] = (),
) -> str:
    """SQL that ends in the relation `named`: one row per content or unsplit key.

    Args:
        scope: whose rows.
        selection: which.
        plan: over which windows.
        more: further columns of `named` that add up.
        more_keys: further columns that tell rows apart.
    """
    newest = """QUALIFY (stated_on, import_id) = max((stated_on, import_id)) OVER (
            PARTITION BY shop, level, starts_on, ends_before, subject)"""
    segment = f"{selection.segment}::VARCHAR" if selection.segment else "NULL::VARCHAR"
    week = "date_trunc('week', starts_on)::DATE" if selection.week else "NULL::DATE"
    how = _each if plan.apart else _added_up if plan.contested else _added_up_by_last
    return f"""
    WITH stated AS NOT MATERIALIZED (
        SELECT *, {SPLIT} AS split FROM {whole_rows(PERFORMANCE, "files", placed=True)}
        WHERE {stated_rows(scope, selection)}
    ), counted AS {"" if plan.contested else "NOT"} MATERIALIZED (
        SELECT *, {segment} AS segment, {week} AS week_starts_on
        FROM stated SEMI JOIN chosen USING (shop, level, starts_on, ends_before, split)
        {newest if plan.contested else ""}
    ), {how(selection, plan, more, more_keys)}, named AS (
        {_CATEGORIZED if plan.tables["products"].num_rows else _AS_STATED}
    )"""


def _each(selection: Selection, plan: Plan, more: Sequence[str], more_keys: Sequence[str]) -> str:
    """SQL for rows that stand for themselves."""
    clicks, impressions = DEFINITION_COLUMNS[selection.definition]
    labels = ", ".join(f"{told} AS {name}" for name, told in _labels(selection, plan).items())
    return f"""gathered AS (
        SELECT shop, level, segment, week_starts_on, {labels}, product_ids,
            CASE WHEN level = 'content' THEN 1 ELSE contents END AS contents,
            {impressions} AS impressions, {clicks} AS clicks, clicks_derived
            {"".join(f", {name}" for name in (*more_keys, *more))}
        FROM counted
    )"""


def _added_up_by_last(
    selection: Selection, plan: Plan, more: Sequence[str], more_keys: Sequence[str]
) -> str:
    """SQL for what `_added_up` tells, at a fraction of its cost: labels are read off last rows.

    That is right where all rows of a key have the same products, and no label one row has and
    another lacks. The others are `torn`: they are added up label by label. Keys are told apart by
    64 bits, as those of roll-ups that lie ready (docs/decisions/0008).
    """
    labels = _labels(selection, plan)
    told_or_not = ("product_ids", *(each for each in labels.values() if _is_asked_for(each)))
    form = ", ".join(("product_ids", *(f"({told}) IS NULL" for told in told_or_not)))
    keys = _keys(selection, plan, more_keys)
    own = "".join(f", last.{name}" for name in more_keys)
    sums = "".join(f", summed.{name}" for name in more)
    told = ", ".join(f"{told} AS {name}" for name, told in labels.items())
    return f"""summed AS MATERIALIZED (
        SELECT hash({keys}) AS key, max_by(place, ends_before) AS place,
            any_value(segment) AS segment, any_value(week_starts_on) AS week_starts_on,
            min(hash({form})) <> max(hash({form})) AS is_torn,
            {_sums(selection, more)}
        FROM counted GROUP BY hash({keys})
    ), torn AS MATERIALIZED (
        SELECT DISTINCT key FROM summed WHERE is_torn
    ), gathered AS (
        SELECT last.shop, last.level, summed.segment, summed.week_starts_on, {told},
            CASE WHEN {ONE_PRODUCT} THEN product_ids ELSE list_sort(list_distinct(product_ids)) END
                AS product_ids,
            CASE WHEN last.level = 'content' THEN 1 ELSE summed.contents END AS contents,
            summed.impressions, summed.clicks, summed.clicks_derived {own} {sums}
        FROM {whole_rows(PERFORMANCE, "files", placed=True)} AS last
        JOIN (FROM summed ANTI JOIN torn USING (key)) AS summed USING (place)
        UNION ALL BY NAME
        {_by_label(selection, plan, more, more_keys, f"counted WHERE hash({keys}) IN (FROM torn)")}
    )"""


def _added_up(
    selection: Selection, plan: Plan, more: Sequence[str], more_keys: Sequence[str]
) -> str:
    """SQL for rows added up: over windows, over the rows of a statement, over cuts not asked for.

    By product and category, what a content says of different products stays apart.
    """
    return f"gathered AS ({_by_label(selection, plan, more, more_keys, 'counted')})"


def _by_label(
    selection: Selection,
    plan: Plan,
    more: Sequence[str],
    more_keys: Sequence[str],
    source: str,
) -> str:
    """SQL for rows added up, each label the last that is told."""
    labels = ", ".join(
        f"{f'max_by({told}, ends_before)' if _is_asked_for(told) else told} AS {name}"
        for name, told in _labels(selection, plan).items()
    )
    also = "".join(f", {name}" for name in more_keys)
    return f"""SELECT shop, level, segment, week_starts_on, {labels},
            list_sort(list_distinct(flatten(list(product_ids) FILTER (product_ids IS NOT NULL))))
                AS product_ids,
            CASE WHEN level = 'content' THEN 1 ELSE max(contents) END AS contents,
            {_sums(selection, more, contents=False)} {also}
        FROM {source} GROUP BY {_keys(selection, plan, more_keys)}"""


def _sums(selection: Selection, more: Sequence[str], *, contents: bool = True) -> str:
    """SQL for what is added up."""
    clicks, impressions = DEFINITION_COLUMNS[selection.definition]
    return f"""{"max(contents) AS contents," if contents else ""}
            sum({impressions}) AS impressions, sum({clicks}) AS clicks,
            bool_or(clicks_derived) AS clicks_derived
            {"".join(f", sum({name}) AS {name}" for name in more)}"""


def _keys(selection: Selection, plan: Plan, more_keys: Sequence[str]) -> str:
    """SQL for what tells rows apart that are not added up."""
    split = "true" if selection.level in {Level.PRODUCT, Level.CATEGORY} else "level <> 'content'"
    keys = f"""shop, level, channel, segment, week_starts_on, {_entity(plan)},
            CASE WHEN {split} THEN product_ids END,
            CASE WHEN level <> 'content' THEN content_type END,
            CASE WHEN {_OWN_ID} THEN NULL ELSE {_CREATOR} END"""
    return "".join((keys, *(f", {name}" for name in more_keys)))


_LABELS = ("creator", "creator_name", "content_id", "content_type", "channel", "category")
_NAMES_OF_CONTENTS = ("content_title", "content_url", "posted_on")


def _labels(selection: Selection, plan: Plan) -> dict[str, str]:
    """Labels and SQL for each, of a row; those nobody asks for cost more than all the others.

    A title stays where nothing else tells what content is meant.
    """
    titles = selection.titles or selection.level is Level.CONTENT
    named = titles or selection.level is Level.PRODUCT
    empty = {name: f"NULL::{SQL_TYPES[COUNTS.field(name).type]}" for name in COUNTS.names}
    return {
        **{name: name for name in _LABELS},
        **{name: name if titles else empty[name] for name in _NAMES_OF_CONTENTS},
        "product_name": "product_name" if named else empty["product_name"],
        **({} if titles or plan.all_have_ids else {"content_title": _TITLE_WITHOUT_ID}),
    }


def _is_asked_for(told: str) -> bool:
    return not told.startswith("NULL")


_TITLE_WITHOUT_ID = "CASE WHEN content_id IS NULL THEN content_title END"


def _entity(plan: Plan) -> str:
    """SQL for what a row is about: titles are long, and read only where a content has no id."""
    content = (
        "content_id" if plan.all_have_ids else "coalesce(content_id, content_url, content_title)"
    )
    return f"CASE level WHEN 'content' THEN {content} WHEN 'creator' THEN {_CREATOR} END"


_OWN_ID = "level = 'content' AND regexp_full_match(content_id, '[0-9]{12,}')"
_KNOWN = f"""
    SELECT shop, product_ids, {shared("low", "high")} AS path FROM (
        SELECT each.shop, each.product_ids, min({marked("products.category")}) AS low,
            max({marked("products.category")}) AS high
        FROM (SELECT DISTINCT shop, product_ids, unnest(product_ids) AS product_id FROM gathered)
            AS each
        JOIN products USING (shop, product_id)
        WHERE nullif(products.category, '') IS NOT NULL
        GROUP BY each.shop, each.product_ids
    )"""
_CATEGORIZED = f"""SELECT * REPLACE (
            coalesce(known.path, nullif(gathered.category, '')) AS category)
        FROM gathered LEFT JOIN ({_KNOWN}) AS known USING (shop, product_ids)"""
_AS_STATED = "SELECT * REPLACE (nullif(category, '') AS category) FROM gathered"


def row_by_row(selection: Selection, plan: Plan) -> str | None:
    """SQL for which of the rows `counted` make up the answer; None where they must be gathered.

    Where rows of one level are all that is asked for, what each says adds up as it is.
    """
    filters = (selection.creator, selection.content, selection.product, selection.category)
    if len(plan.levels) > 1 or any(each is not None for each in filters):
        return None
    by_product = f"CASE WHEN {ONE_PRODUCT} THEN true ELSE len(list_distinct(product_ids)) = 1 END"
    return by_product if selection.level is Level.PRODUCT else "true"


def is_told_by_windows(selection: Selection, plan: Plan) -> bool:
    """Whether all that the windows taken state makes up the answer."""
    return not plan.contested and row_by_row(selection, plan) == "true"


def asked(selection: Selection, plan: Plan) -> str:
    """SQL for the rows of the answer: which levels stand for which keys, and the filters."""
    terms = ["true"]
    if selection.level in {Level.CREATOR, Level.SHOP} and "creator" in plan.levels:
        terms.append(f"""(level <> 'creator' OR (shop, {_CREATOR}) NOT IN (
            SELECT (shop, {_CREATOR}) FROM named WHERE level = 'content'
            AND {_CREATOR} IS NOT NULL))""")
    if selection.level is Level.PRODUCT:
        terms.append("len(product_ids) = 1")
    if selection.level is Level.PRODUCT and len(plan.levels) > 1:
        terms.append("""(level <> 'content' OR (shop, product_ids[1]) NOT IN (
            SELECT (shop, product_ids[1]) FROM named WHERE level = 'product'
            AND product_ids[1] IS NOT NULL))""")
    if selection.creator is not None:
        terms.append(f"{_CREATOR} = $creator")
    if selection.content is not None:
        terms.append("content_id = $content")
    if selection.product is not None:
        terms.append("list_contains(product_ids, $product)")
    if selection.category is not None:
        terms.append(within("category", "$category"))
    return " AND ".join(terms)
