"""Opens the installation a command works on, and finds the workspace and shops that are meant."""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.output import Output
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkstar.accounts.models import User, Workspace
    from linkstar.catalog.models import Shop
    from linkstar.config.places import Places

SETTINGS = "linkstar.config.settings"


def now() -> datetime:
    """The present instant; read here and handed on."""
    return datetime.now(UTC)


def prepare() -> "Places":
    """Load the framework for the installation `LINKSTAR_DATA` names, made if it is not there."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()
    from django.conf import settings
    from django.utils import translation

    translation.activate(os.environ.get("LANGUAGE", "en").replace("_", "-").lower())
    places: Places = settings.PLACES
    return places


def open_installation() -> "Places":
    """The installation, ready to be read.

    Raises:
        Refused: there is none, or its records are of another version.
    """
    from linkstar.config.places import places

    if not records_there():
        raise Refused(
            ExitCode.NOT_FOUND,
            "no_installation",
            _("There is no LinkStar installation in {folder}.").format(folder=places().data),
            _("Run `linkstar init`, or `linkstar demo` for the sample marketplace."),
        )
    prepared = prepare()
    if migrations_missing():
        raise Refused(
            ExitCode.FAILURE,
            "records_outdated",
            _("The records were written by an older version."),
            _("Run `linkstar init` once: it brings them up to date and changes nothing else."),
        )
    return prepared


def records_there() -> bool:
    """Whether an installation was begun here; nothing is made by asking."""
    from linkstar.config.places import places

    if not os.environ.get("LINKSTAR_POSTGRES"):
        return places().database.exists()
    prepare()
    from django.db import connection

    return "django_migrations" in connection.introspection.table_names()


def migrations_missing() -> int:
    """How many steps the records are behind."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """Bring the records up to date, whole or, wherever it dies, not at all.

    Django makes the indexes of a new table after the transaction that made it, and notes only then
    that the migration is done: whoever died in between would find the table there, and not the
    note. One transaction around them all leaves no such moment.
    """
    from django.core.management import call_command
    from django.db import connection, transaction

    # SQLite cannot turn the checking of references off within a transaction, and Django's schema
    # editor wants it off; it checks every reference itself after each migration.
    with connection.constraint_checks_disabled(), transaction.atomic():
        if connection.vendor == "postgresql":
            # A check that waits for the commit would forbid to alter the table it waits for.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        call_command("migrate", verbosity=0, interactive=False)


def find_workspace(named: str, output: Output) -> "Workspace":
    """The workspace of that id or name; unnamed, the one opened first.

    Raises:
        Refused: there is none such, or none at all.
    """
    from linkstar.accounts.models import Workspace

    wanted = named or os.environ.get("LINKSTAR_WORKSPACE", "")
    everyone = Workspace.objects.order_by("number")
    if wanted:
        found = everyone.filter(pk=wanted).first() or everyone.filter(name=wanted).first()
    else:
        found = everyone.first()
    if found is None:
        raise Refused(
            ExitCode.NOT_FOUND,
            "workspace_unknown",
            _("There is no workspace “{name}”.").format(name=wanted)
            if wanted
            else _("There is no workspace yet."),
            _("Name it by --workspace, or open one with `linkstar init`."),
        )
    if not wanted and everyone.count() > 1:
        output.say(_("Workspace: {name}").format(name=found.name))
    return found


def find_shops(workspace: "Workspace", named: str) -> "Sequence[Shop]":
    """The workspace's shop of that id, platform id or name; unnamed, all of them.

    Raises:
        Refused: there is none such.
    """
    from django.db.models import Q

    from linkstar.catalog.queries import shops_of

    shops = shops_of(workspace)
    if named:
        shops = shops.filter(Q(pk=named) | Q(external_id=named) | Q(name=named))
    found = list(shops)
    if not found:
        raise Refused(
            ExitCode.NOT_FOUND,
            "shop_unknown",
            _("There is no shop “{name}” in this workspace.").format(name=named or "-"),
            _("Its shops: {names}").format(
                names=", ".join(workspace.shops.values_list("name", flat=True)) or "-"
            ),
        )
    return found


def acting_user(workspace: "Workspace") -> "User":
    """Whoever runs commands on this machine acts as the owner of the workspace.

    Raises:
        Refused: the workspace has no owner.
    """
    from linkstar.accounts.models import Membership, Role

    owner = Membership.objects.filter(workspace=workspace, role=Role.OWNER).first()
    if owner is None:
        raise Refused(
            ExitCode.NO_PERMISSION,
            "nobody_owns_workspace",
            _("Nobody owns the workspace “{name}”.").format(name=workspace.name),
            _("Give it an owner on the members page first."),
        )
    return owner.user


def operator() -> "User":
    """Whoever runs commands on this machine acts as the installation's operator.

    Raises:
        Refused: there is none.
    """
    from linkstar.accounts.models import User

    found = User.objects.filter(is_operator=True).order_by("pk").first()
    if found is None:
        raise Refused(
            ExitCode.NO_PERMISSION,
            "no_operator",
            _("Nobody runs this installation yet."),
            _("Run `linkstar init --email you@example.com` first."),
        )
    return found
