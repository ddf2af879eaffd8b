"""The first page: am I beating the market, why, and what comes next."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linkstar.web.requests import WorkspaceRequest


@require_GET
def overview(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "web/overview.html", {})
