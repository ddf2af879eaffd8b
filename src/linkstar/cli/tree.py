"""Every command of `linkstar`, in the order people need them."""

import typer

from linkstar.cli.commands import add_command, new_group
from linkstar.cli.doctor import doctor
from linkstar.cli.init import init
from linkstar.cli.serving import serve
from linkstar.cli.words import gettext as _


def build() -> typer.Typer:
    """The whole tree of commands, in the language spoken when this is first imported."""
    app = new_group(
        help=_("How well creators promote: CTR uplift against the market, with honest intervals."),
        add_completion=True,
    )
    add_command(app, "init", init, help=_("Make or update an installation."))
    add_command(app, "serve", serve, help=_("Serve the pages and run the background work."))
    add_command(app, "doctor", doctor, help=_("Check that everything LinkStar needs is here."))
    return app
