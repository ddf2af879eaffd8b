"""The questions people ask about CTR uplift, answered from the lake and the benchmark book."""

from dataclasses import replace

from linkstar.insights.answering import answer
from linkstar.insights.answers import UpliftAnswer
from linkstar.insights.gathering import book_for, gather, with_shop_names
from linkstar.insights.questions import Question
from linkstar.lake.store import Lake


def uplift(lake: Lake, question: Question) -> UpliftAnswer:
    """CTR uplift of every creator, content, product, category or shop, with its interval.

    Raises:
        BenchmarkNotFound: the question names a benchmark the workspace may not read.
    """
    found = answer(question, gather(lake, question), book_for(question))
    return replace(found, rows=with_shop_names(found.rows, question))
