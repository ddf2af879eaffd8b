"""What people read about qualification and the affiliate service: states, steps, refusals."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linkstar.catalog.models import QualificationDocument, QualificationStep
from linkstar.catalog.qualification import Lack, Standing, State, Verb

Words = str | Promise

WHAT_NOW: dict[State, Words] = {
    State.DRAFT: _("Fill in the company, upload its papers, then hand them in for review."),
    State.SUBMITTED: _("Handed in. A reviewer looks at it; until then nothing can be changed."),
    State.RETURNED: _("Returned. Correct what is named below and hand it in again."),
    State.APPROVED: _("Approved. The affiliate service can be switched on for this shop."),
    State.SUSPENDED: _(
        "Suspended. The shop's plans are not shown to creators until the suspension is lifted."
    ),
}
STEPS: dict[str, Words] = {
    Verb.SUBMIT: _("Handed in"),
    Verb.WITHDRAW: _("Taken back"),
    Verb.APPROVE: _("Approved"),
    Verb.SEND_BACK: _("Returned"),
    Verb.SUSPEND: _("Suspended"),
    Verb.LIFT: _("Suspension lifted"),
}
"""What was done, for the history."""
DECISIONS: dict[Verb, Words] = {
    Verb.APPROVE: _("Approve"),
    Verb.SEND_BACK: _("Return with reasons"),
    Verb.SUSPEND: _("Suspend"),
    Verb.LIFT: _("Lift the suspension"),
}
"""What a reviewer can do, for buttons."""
FIGURES: dict[str, Words] = {
    "shop_rating": _("Shop rating"),
    "negative_review_bps": _("Negative reviews"),
    "return_bps": _("Returns"),
    "counterfeit_points": _("Counterfeit points in 60 days"),
}
LACKS: dict[str, Words] = {
    "company_name": _("The company's name is missing."),
    "registration_number": _("The registration number is missing."),
    "legal_representative": _("The legal representative is missing."),
    "contact_email": _("The company's e-mail is missing: choose a confirmed address."),
    "contact_phone": _("The company's phone number is missing."),
    "document.business_licence": _("The business licence is not uploaded."),
    "document.legal_representative_id": _(
        "The identity document of the legal representative is not uploaded."
    ),
    "document.brand_authorisation": _(
        "The brand authorisation is not uploaded; it is needed because you sell goods of a brand."
    ),
    "licence_runs_out": _(
        "The business licence runs out on %(found)s; it has to be valid until %(wanted)s at least."
    ),
    "shop_rating": _("The shop rating is %(found)s; this market asks for %(wanted)s or more."),
    "negative_review_bps": _(
        "Negative reviews are %(found)s; this market asks for under %(wanted)s."
    ),
    "return_bps": _("Returns are %(found)s; this market asks for under %(wanted)s."),
    "counterfeit_points": _(
        "There are %(found)s counterfeit points; this market allows %(wanted)s."
    ),
}
STANDINGS: dict[Standing, Words] = {
    Standing.MAY_PROMOTE: _("on"),
    Standing.NOT_QUALIFIED: _("not qualified"),
    Standing.SUSPENDED: _("suspended"),
    Standing.LICENCE_EXPIRED: _("licence expired"),
    Standing.SERVICE_OFF: _("off"),
}
REFUSALS: dict[str, Words] = {
    "document.too_big": _("%(name)s is bigger than %(most)s MB."),
    "document.empty": _("%(name)s is empty."),
    "document.type": _("%(name)s holds no PDF, JPEG or PNG, whatever its name says."),
    "document.damaged": _("%(name)s is damaged: it cannot be opened. Save it again and retry."),
    "document.locked": _("%(name)s is protected by a password. Upload it without one."),
    "document.active": _(
        "%(name)s runs something when opened, or carries other files. Print it to PDF and retry."
    ),
    "qualification.not_editable": _(
        "It is with the reviewers, or decided. Take it back to change it."
    ),
    "qualification.incomplete": _("Something is still missing; it is named below."),
    "qualification.reason_missing": _("Say why: the company reads it."),
    "qualification.too_many_documents": _("No more than %(most)s files; remove one first."),
    "qualification.own_company": _(
        "You belong to this company. Another reviewer has to decide about it."
    ),
    "qualification.step": _("This step is not possible any more."),
    "service.not_qualified": _("The shop is not qualified, so the service stays off."),
    "service.already_on": _("The service is on already."),
    "service.not_on": _("The service is off."),
    "service.terms_outdated": _("The terms changed meanwhile. Read them again and accept them."),
    "service.rate_out_of_bounds": _(
        "%(found)s is not possible: this market allows from %(least)s to %(most)s."
    ),
}


def lack_sentence(lack: Lack) -> str:
    """What is missing, with what was asked and what was found."""
    written = {"found": _figure(lack.code, lack.found), "wanted": _figure(lack.code, lack.wanted)}
    return str(LACKS[lack.code]) % written


def _figure(code: str, value: object) -> str:
    if code.endswith("_bps") and value is not None:
        return f"{float(str(value)) / 100:g}%"
    return str(value)


def figure_words(code: str, value: object) -> str:
    """A figure of the shop as people write it; a dash for one that was not stated."""
    return "–" if value is None else _figure(code, value)


def refusal_sentence(refused: Exception) -> str:
    """Why it was refused. A refusal nobody wrote a sentence for is a bug."""
    return str(REFUSALS[refused.code]) % getattr(refused, "params", {})  # type: ignore[attr-defined]


def meanwhile_sentence(step: QualificationStep | None) -> str:
    """Who was faster, and what they did."""
    if step is None:
        return gettext("This changed meanwhile. Look at it again.")
    who = step.user.email if step.user else gettext("somebody")
    return gettext("Nothing was changed: %(who)s was faster. %(what)s.") % {
        "who": who,
        "what": STEPS[step.verb],
    }


def document_reasons(step: QualificationStep) -> list[tuple[str, str]]:
    """What was said about each paper: its name, and why."""
    papers = {d.id: d for d in step.qualification.documents.all()}
    return [
        (_paper_name(papers.get(key), key), text) for key, text in step.document_reasons.items()
    ]


def _paper_name(paper: QualificationDocument | None, key: str) -> str:
    kinds = dict(QualificationDocument.Kind.choices)
    if paper is None:
        return str(kinds.get(key, key))
    return f"{kinds[paper.kind]} · {paper.name}"
