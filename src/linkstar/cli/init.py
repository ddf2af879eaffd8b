"""`linkstar init`: the data directory, the records, the first person, workspace and shop."""

import os
from typing import Annotated

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.output import NobodyToAsk, Output
from linkstar.cli.words import gettext as _

PASSWORD_VARIABLE = "LINKSTAR_PASSWORD"  # noqa: S105  # the name of a variable, not a password


def init(
    output: Output,
    *,
    email: Annotated[
        str, typer.Option(help=_("E-mail address of the first person, who runs the installation."))
    ] = "",
    workspace: Annotated[str, typer.Option(help=_("Name of the first workspace."))] = "",
    shop: Annotated[str, typer.Option(help=_("Name of its first shop."))] = "",
    market: Annotated[str, typer.Option(help=_("Market of the shop, two letters."))] = "US",
    tz: Annotated[
        str, typer.Option("--tz", help=_("Time zone the shop counts its days in (IANA name)."))
    ] = "America/Los_Angeles",
    currency: Annotated[str, typer.Option(help=_("Currency of the shop, three letters."))] = "USD",
    category: Annotated[str, typer.Option(help=_("Main category of the shop."))] = "",
) -> ExitCode:
    """Make or update the installation; a second run changes nothing that is there."""
    from linkstar.cli.installation import migrate, prepare

    places = prepare()
    migrate()
    from linkstar.accounts.queries import is_fresh_installation
    from linkstar.catalog.taxonomy import load_categories

    load_categories()
    fresh = is_fresh_installation()
    if fresh and (email or (output.may_ask and os.isatty(0))):
        _first_person(
            output,
            email=email or output.ask(_("E-mail address")),
            workspace=workspace,
            shop=shop,
            market=market,
            tz=tz,
            currency=currency,
            category=category,
        )
    _report(output, str(places.data), fresh=fresh)
    return ExitCode.OK


def _password(output: Output) -> str:
    given = os.environ.get(PASSWORD_VARIABLE)
    if given:
        return given
    try:
        return output.ask(_("Password (8 characters or more)"), secret=True)
    except NobodyToAsk as silent:
        raise Refused(
            ExitCode.USAGE,
            "no_password",
            _("The first person needs a password and nobody can be asked for it."),
            _("Put it into the environment variable {name}.").format(name=PASSWORD_VARIABLE),
        ) from silent


def _first_person(
    output: Output,
    *,
    email: str,
    workspace: str,
    shop: str,
    market: str,
    tz: str,
    currency: str,
    category: str,
) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from linkstar.accounts.actions import add_user, join_workspace, open_workspace
    from linkstar.accounts.models import Role
    from linkstar.catalog.actions import open_shop
    from linkstar.catalog.rules import ZoneUnknown
    from linkstar.cli.installation import now
    from linkstar.cli.words import spoken_code

    password = _password(output)
    try:
        validate_password(password)
        with transaction.atomic():
            person = add_user(
                email=email,
                password=password,
                language=spoken_code(),
                is_operator=True,
                is_reviewer=True,
            )
            house = open_workspace(name=workspace or email.partition("@")[0], now=now())
            join_workspace(user=person, workspace=house, role=Role.OWNER)
            open_shop(
                workspace=house,
                name=shop or house.name,
                market=market.upper(),
                zone=tz,
                currency=currency.upper(),
                category=category,
                now=now(),
            )
    except ValidationError as weak:
        raise Refused(ExitCode.USAGE, "password_weak", " ".join(weak.messages)) from weak
    except ZoneUnknown as unknown:
        raise Refused(
            ExitCode.USAGE,
            "zone_unknown",
            _("“{name}” is not a time zone.").format(name=tz),
            _("Use an IANA name such as America/Los_Angeles."),
        ) from unknown


def _report(output: Output, folder: str, *, fresh: bool) -> None:
    from linkstar.accounts.queries import is_fresh_installation

    has_people = not is_fresh_installation()
    if output.form == "json":
        output.document(
            {
                "version": 1,
                "data": folder,
                "created": fresh,
                "has_people": has_people,
            }
        )
        return
    output.say(_("LinkStar keeps everything in {folder}.").format(folder=folder))
    if has_people:
        output.say(_("Start it with `linkstar serve`."))
    else:
        output.say(_("Start it with `linkstar serve`; its first page asks for the first person."))
