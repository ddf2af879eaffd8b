"""Why a file as a whole cannot be read: one exception per refusal, with plain parameters."""

from dataclasses import dataclass


class Refusal(ValueError):
    """A file that is not read. `code` can be searched for and translated; `params` is plain."""

    code = ""

    @property
    def params(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in getattr(self, "__dataclass_fields__", {})}

    def __str__(self) -> str:
        """For developers, as in a notebook: the code and what it is about."""
        told = "; ".join(f"{name}: {_plain(value)}" for name, value in self.params.items() if value)
        return f"{self.code} ({told})" if told else self.code


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


@dataclass
class FileRefused(Refusal):
    """The file is damaged, locked, dangerous or not of a kind that is read.

    `reason` is one of `empty`, `damaged`, `encrypted`, `zip_bomb`, `too_large`, `too_many_columns`,
    `line_too_long`, `not_a_table`, `lock_file`, `packed`, `rates`, `too_slow`,
    `too_much_memory`.
    """

    reason: str
    detail: str = ""

    @property
    def code(self) -> str:  # type: ignore[override]
        return f"file.{self.reason}"


@dataclass
class LayoutUnknown(Refusal):
    """No layout, and nothing a mapping could start from; `found` is the most likely header."""

    found: tuple[str, ...]
    wanted: str = ""
    code = "layout.unknown"


@dataclass
class ColumnMissing(Refusal):
    """A column the layout cannot do without is not there.

    `nearest` is the column of the file that may be its new name, empty when none resembles it.
    """

    column: str
    layout: str
    nearest: str
    found: tuple[str, ...]
    code = "column.missing"


@dataclass
class ColumnTwice(Refusal):
    """Two columns have the same name, so nobody can say which one counts."""

    column: str
    layout: str
    code = "column.twice"


@dataclass
class ZoneNotKnown(Refusal):
    """Not the IANA name of a time zone."""

    zone: str
    code = "answer.zone"


@dataclass
class AnswerMissing(Refusal):
    """The file does not say something that is needed and nobody has answered.

    `missing` names the fields for which no column was found, where a mapping is needed.
    """

    needs: tuple[str, ...]
    missing: tuple[str, ...] = ()
    code = "answer.missing"


@dataclass
class MappingWrong(Refusal):
    """A mapping names something that does not exist.

    `about` is `column` for one the file does not have, `field` for one nothing here is called, and
    `together` for a field that no kind of row has beside the others of the mapping.
    """

    name: str
    about: str = "column"

    @property
    def code(self) -> str:  # type: ignore[override]
        return f"mapping.{self.about}"
