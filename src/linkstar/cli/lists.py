"""`linkstar lists`: the published lists that invalid traffic is judged by, each with its date."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # Typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.figures import count
from linkstar.cli.output import Output  # noqa: TC001  # as above
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from linkstar.tracking.network_lists import NetworkList

_JUDGED_ANEW = _(
    "Days are judged anew within a minute or two while LinkStar runs, as long as their visitors' "
    "names are kept."
)


def show(output: Output) -> ExitCode:
    """The lists in use."""
    from linkstar.cli.installation import open_installation

    places = open_installation()
    from linkstar.tracking.agents import agent_lists
    from linkstar.tracking.network_lists import known_lists

    rows: list[dict[str, str | int | None]] = [
        {"name": name, "tells": "agents", "dated": dated, "networks": None, "unusable": None}
        for name, dated in agent_lists().items()
    ]
    rows += [
        {
            "name": one.name,
            "tells": "data_centres",
            "dated": one.dated,
            "networks": one.networks,
            "unusable": one.unusable,
        }
        for one in known_lists(places.lists)
    ]
    if output.form == "json":
        output.document({"version": 1, "lists": rows})
        return ExitCode.OK
    tells = {"agents": _("robots and programs"), "data_centres": _("data centres")}
    cells = [
        (
            str(row["name"]),
            tells[str(row["tells"])],
            str(row["dated"]),
            count(row["networks"]) if isinstance(row["networks"], int) else "",
        )
        for row in rows
    ]
    output.table((_("List"), _("Tells"), _("Dated"), _("Networks")), cells, right=frozenset({3}))
    return ExitCode.OK


def add(
    output: Output,
    file: Annotated[Path, typer.Argument(help=_("A published list of networks."))],
) -> ExitCode:
    """Take in a list of data centres' networks; every day is then judged anew."""
    from linkstar.cli.installation import open_installation

    places = open_installation()
    from linkstar.tracking.network_lists import ListRefused, add_list

    if not file.is_file():
        raise Refused(
            ExitCode.NOT_FOUND,
            "file_not_found",
            _("There is no file {path}.").format(path=file),
        )
    try:
        taken = add_list(places.lists, file)
    except ListRefused as refused:
        raise Refused(
            ExitCode.FAILURE,
            "list_without_networks",
            _("{name} names no network of at least /24 or /48.").format(name=refused.name),
            _("Give the list as its owner publishes it, or one network such as 3.5.0.0/16 a line."),
        ) from refused
    if output.form == "json":
        _document(output, taken)
    else:
        said = _("{name}, dated {dated}. Networks: {networks}; too narrow to be used: {unusable}.")
        output.say(
            said.format(
                name=taken.name,
                dated=taken.dated,
                networks=count(taken.networks),
                unusable=count(taken.unusable),
            )
        )
        output.say(_JUDGED_ANEW)
    return ExitCode.OK


def remove(
    output: Output,
    name: Annotated[str, typer.Argument(help=_("As `linkstar lists show` calls it."))],
) -> ExitCode:
    """Judge by a list of data centres' networks no longer; every day is then judged anew."""
    from linkstar.cli.installation import open_installation

    places = open_installation()
    from linkstar.tracking.network_lists import ListUnknown, remove_list

    try:
        removed = remove_list(places.lists, name)
    except ListUnknown as refused:
        raise Refused(
            ExitCode.NOT_FOUND,
            "list_not_found",
            _("There is no list of data centres called {name}.").format(name=refused.name),
            _("There are: {names}").format(names=", ".join(refused.known)) if refused.known else "",
        ) from refused
    if output.form == "json":
        _document(output, removed)
    else:
        output.say(_("{name} is not judged by any more.").format(name=removed.name))
        output.say(_JUDGED_ANEW)
    return ExitCode.OK


def _document(output: Output, told: NetworkList) -> None:
    document = {"name": told.name, "dated": told.dated, "networks": told.networks}
    output.document({"version": 1, **document, "unusable": told.unusable})
