"""The words LinkStar uses, explained where people can look them up."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linkstar.web.glossary import terms


@login_not_required
@require_GET
def glossary(request: HttpRequest) -> HttpResponse:
    frame = "web/base.html" if hasattr(request, "workspace") else "web/lone.html"
    return render(request, "web/glossary.html", {"terms": terms(), "frame": frame})
