"""Asking beforehand what people ask first, so that nobody waits for it.

To judge very many contents takes long the first time; the answer is then kept
(`insights.remembering`). After a file of exports the worker asks what the overview and the uplift
page show somebody who chose nothing.
"""

from django.conf import settings

from linkstar.accounts.models import Workspace
from linkstar.connectors.models import ImportFile
from linkstar.insights.queries import uplift
from linkstar.insights.remembering import is_worth_keeping
from linkstar.insights.usual import usual_questions
from linkstar.jobs.queue import job, waiting
from linkstar.lake.store import Lake


def ask_soon(workspace_id: str) -> None:
    """Queue it, unless it is queued already."""
    if (workspace_id,) not in waiting("ask_beforehand"):
        ask_beforehand(workspace_id)


@job
def ask_beforehand(workspace_id: str) -> None:
    """Ask the usual questions of a workspace whose answers are kept.

    While another of its files runs they would be about to change; they are asked after that one.
    """
    if ImportFile.objects.filter(workspace=workspace_id, state=ImportFile.State.RUNNING).exists():
        return
    lake = Lake(settings.PLACES.lake)
    workspace = Workspace.objects.get(pk=workspace_id)
    for question in usual_questions(lake, workspace):
        if is_worth_keeping(lake, question):
            uplift(lake, question)
