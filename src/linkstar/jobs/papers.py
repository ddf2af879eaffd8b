"""Printing long statements and settlements, away from the request that asked for them."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string

from linkstar.accounts.models import User, Workspace
from linkstar.accounts.notifying import notify
from linkstar.jobs.money import EVERY_NIGHT
from linkstar.jobs.queue import every, job, waiting

KEPT_FOR = timedelta(days=30)
logger = logging.getLogger(__name__)


def paper(name: str) -> Path:
    """Where a printed paper of that name is, or will be."""
    return Path(settings.PLACES.papers) / name


def ask_for_paper(  # what is printed, and who is told of it
    *, kind: str, key: str, language: str, name: str, title: str, user: User,
    workspace: Workspace | None, address: str,
) -> None:  # fmt: skip
    """Have it printed and the person told; who asks again while it waits is told once."""
    company = workspace.pk if workspace else None
    asked = (kind, key, language, name, title, user.pk, company, address)
    if asked not in waiting("print_paper"):
        print_paper(*asked)


@job
def print_paper(  # noqa: PLR0917  # plain values, as a queue keeps them
    kind: str, key: str, language: str, name: str, title: str, user_id: int,
    workspace_id: str | None, address: str,
) -> None:  # fmt: skip
    """Print one paper unless it is there already, and tell who asked; in part it is never there."""
    code = "paper.ready"
    try:
        if not paper(name).is_file():
            _write(paper(name), kind, key, language)
    except Exception:  # the entry point of a job: a bug is told, not waited for
        logger.exception("printing %s %s failed", kind, key)
        code = "paper.failed"
    notify(
        users=User.objects.filter(pk=user_id),
        code=code,
        now=datetime.now(UTC),
        address=address,
        workspace=Workspace.objects.filter(pk=workspace_id).first(),
        paper=title,
    )


@every(EVERY_NIGHT)
def forget_old_papers() -> None:
    """Whoever wants an old one has it printed again."""
    before = (datetime.now(UTC) - KEPT_FOR).timestamp()
    for one in Path(settings.PLACES.papers).glob("*.pdf*"):
        if one.stat().st_mtime < before:
            one.unlink(missing_ok=True)


def _write(path: Path, kind: str, key: str, language: str) -> None:
    with translation.override(language):
        content: bytes = import_string(settings.PRINTERS[kind])(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".pdf.part")
    part.write_bytes(content)
    part.rename(path)
