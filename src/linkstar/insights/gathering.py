"""Fetching what a question needs: counts from the lake, categories from the catalog, the book."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from linkstar.accounts.models import Workspace
from linkstar.benchmarks.book import CellBook
from linkstar.benchmarks.categories import known_products, with_main_categories
from linkstar.benchmarks.queries import benchmark_named, cell_book, default_benchmark
from linkstar.catalog.models import Product, Shop
from linkstar.insights.answering import Gathered, larger_source
from linkstar.insights.counts import only_product
from linkstar.insights.questions import By, Question, Source
from linkstar.lake.queries import content_counts
from linkstar.lake.selection import Counts, Scope, Selection
from linkstar.lake.store import Lake


def selection(
    question: Question, source: Source, *, week: bool = False, key: str | None = None
) -> Selection:
    """What the lake is asked for: everything, or all of one creator, content or product.

    Filters stay out: they are applied to the answer's rows.
    """
    only = {question.by.value: key} if key and question.by in _KEYS_OF_LAKE else {}
    return Selection(
        **only,  # type: ignore[arg-type]  # creator, content or product
        source=source,
        level=question.by,
        definition=question.definition,
        market=question.market,
        starts_on=question.starts_on,
        ends_before=question.ends_before,
        segment=question.segment,
        week=week,
        titles=question.by is By.CONTENT or bool(key) or bool(question.filters.text),
        products=known_products(question.shops),
    )


_KEYS_OF_LAKE = frozenset({By.CREATOR, By.CONTENT, By.PRODUCT})


def gather(lake: Lake, question: Question) -> Gathered:
    """The counts of the named source, or of the one with more impressions."""
    return larger_source(
        question, lambda source: counted(lake, question, selection(question, source))
    )


def counted(lake: Lake, question: Question, asked: Selection) -> Counts:
    """The counts of a selection, with what the catalog knows where the facts say nothing."""
    counts = content_counts(lake, Scope(question.workspace, question.shops), asked)
    table = with_main_categories(counts.table, question.shops)
    return replace(counts, table=with_product_names(table, question))


def with_product_names(counts: pa.Table, question: Question) -> pa.Table:
    """Counts by product, named as in the catalog where the facts, as tracked events, do not."""
    if question.by is not By.PRODUCT or not counts.column("product_name").null_count:
        return counts
    own = Product.objects.filter(shop__number__in=question.shops).exclude(name="")
    known = own.values_list("external_id", "name")
    ids, names = (pa.array([pair[n] for pair in known], pa.string()) for n in (0, 1))
    found = names.take(pc.index_in(only_product(counts), value_set=ids))
    at = counts.schema.get_field_index("product_name")
    return counts.set_column(at, "product_name", pc.coalesce(counts.column(at), found))


def book_for(question: Question) -> CellBook | None:
    """The benchmark the question names, or the default one; None when there is none.

    Raises:
        BenchmarkNotFound: the workspace may not read the one it names.
    """
    workspace = Workspace.objects.get(number=question.workspace)
    if question.benchmark_id:
        return cell_book(benchmark_named(workspace, question.benchmark_id), workspace)
    edition = default_benchmark(
        workspace, question.market, question.starts_on, question.ends_before
    )
    return cell_book(edition, workspace) if edition else None


def shop_names(question: Question) -> dict[str, str]:
    """The name of each shop by its number as rows spell it."""
    shops = Shop.objects.filter(number__in=question.shops).values_list("number", "name")
    return {str(number): name for number, name in shops}


def with_shop_names(rows: pa.Table, question: Question) -> pa.Table:
    """Rows by shop named as the shops are."""
    if question.by is not By.SHOP:
        return rows
    names = shop_names(question)
    named = pa.array([names.get(key, key) for key in rows["key"].to_pylist()], pa.string())
    return rows.set_column(rows.schema.get_field_index("name"), "name", named)
