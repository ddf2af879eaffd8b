"""XML that somebody hands in, looked over before anything of it is read.

With a document type it is refused: no file LinkStar takes in has one, and without one no entity
can be declared that grows or fetches anything.
"""

from typing import NoReturn
from xml.parsers import expat


class MarkupRefused(ValueError):
    """Not well-formed (`code` is `not_xml`), or with a document type (`document_type`)."""

    def __init__(self, code: str, line: int) -> None:
        super().__init__(code, line)
        self.code = code
        self.line = line


def look_over(content: bytes) -> None:
    """Read it once for its shape alone.

    Raises:
        MarkupRefused: it is not well-formed, or has a document type.
    """
    parser = expat.ParserCreate()

    def refuse(*_declaration: object) -> NoReturn:
        raise MarkupRefused("document_type", parser.CurrentLineNumber)

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)  # noqa: FBT003  # "this is all", as the C interface has it
    except expat.ExpatError as broken:
        raise MarkupRefused("not_xml", broken.lineno) from broken
