"""What a command says when a file is refused, in the language spoken."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.words import LOCALE, spoken_code
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from linkstar.cli.output import Output

PROBLEMS_SHOWN = 20
OPTIONS = {
    "period": "--period",
    "currency": "--currency",
    "zone": "--tz",
    "day_order": "--day-order",
    "mapping": "--map",
    "shop": "--shop",
    "state": "--state",
}


def needs_answers(needs: Sequence[str], missing: Sequence[str] = ()) -> Refused:
    """The file leaves something unsaid; the advice names the options that say it."""
    names = {
        "period": _("the days it covers"),
        "currency": _("the currency"),
        "zone": _("the time zone"),
        "day_order": _("the order of day and month"),
        "mapping": _("in which columns stand {fields}").format(fields=", ".join(missing)),
        "shop": _("the shop"),
        "state": _("how far the orders are"),
    }
    return Refused(
        ExitCode.USAGE,
        "needs_answers",
        _("The file does not say: {names}.").format(names=", ".join(names[n] for n in needs)),
        _("Say it with {options}.").format(options=", ".join(OPTIONS[n] for n in needs)),
    )


def not_readable(path: Path, fault: OSError) -> Refused:
    """The file is not there, or may not be read."""
    known = {
        FileNotFoundError: _("there is no such file"),
        IsADirectoryError: _("it is a folder"),
        PermissionError: _("it may not be read"),
    }
    why = known.get(type(fault)) or fault.strerror or str(fault)
    what = _("{path}: {why}").format(path=path, why=why)
    return Refused(ExitCode.NOT_FOUND, "file_not_readable", what, _("Check the path."))


def refused_file(refused: Exception) -> Refused:
    """A file as a whole that was refused, by the name of its refusal."""
    from linkstar.connectors.reading.refusals import AnswerMissing

    if isinstance(refused, AnswerMissing):
        return needs_answers(refused.needs, refused.missing)
    have_words()
    from linkstar.web.problems import sentence_of

    code = getattr(refused, "code", "") or type(refused).__name__
    return Refused(ExitCode.FAILURE, code, sentence_of(refused))


def have_words() -> None:
    """Sentences of the pages can be said where no installation was opened, too."""
    import django
    from django.conf import settings
    from django.utils import translation

    if not settings.configured:
        settings.configure(USE_I18N=True, LOCALE_PATHS=[LOCALE], LANGUAGE_CODE="en")
        django.setup()
        translation.activate(spoken_code())


@contextmanager
def reading_benchmark_file(output: Output, path: Path) -> Iterator[None]:
    """Whatever is wrong with a benchmark file is said, row by row where it is rows.

    Raises:
        Refused: the file cannot be used.
    """
    from linkstar.benchmarks.cells import CellInvalid
    from linkstar.benchmarks.stated import MarketNotStated, PeriodsDiffer
    from linkstar.connectors.reading.refusals import Refusal
    from linkstar.insights.benchmark_files import BenchmarkFileHasProblems

    try:
        path.open("rb").close()
        yield
    except OSError as fault:
        raise not_readable(path, fault) from fault
    except BenchmarkFileHasProblems as faulty:
        _tell_problems(output, path, faulty.problems)
        raise Refused(
            ExitCode.FAILURE,
            "benchmark_rows_faulty",
            _("{rows} rows of the file cannot be read; nothing was taken in.").format(
                rows=faulty.problems.num_rows
            ),
            _("Correct them and try again."),
        ) from faulty
    except MarketNotStated as absent:
        raise Refused(
            ExitCode.NOT_FOUND,
            "market_not_stated",
            _("The file has no figures of the market {market}.").format(market=absent.market),
            _("It has: {names}").format(names=", ".join(absent.stated)),
        ) from absent
    except PeriodsDiffer as several:
        raise Refused(
            ExitCode.FAILURE,
            "periods_differ",
            _("The file has figures of several periods that are not weeks."),
            _("Keep one period per file, or whole weeks."),
        ) from several
    except (Refusal, CellInvalid) as refused:
        raise refused_file(refused) from refused


def _tell_problems(output: Output, path: Path, problems: pa.Table) -> None:
    have_words()
    from linkstar.cli.problem_lines import problem_line

    for problem in problems.slice(0, PROBLEMS_SHOWN).to_pylist():
        output.say(problem_line(str(path), problem))
