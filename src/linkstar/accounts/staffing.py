"""Who helps to run the installation: marks an operator grants and withdraws."""

from enum import StrEnum

from django.db import transaction

from linkstar.accounts.models import User


class Mark(StrEnum):
    REVIEWER = "reviewer"
    OPERATOR = "operator"


FIELDS = {Mark.REVIEWER: "is_reviewer", Mark.OPERATOR: "is_operator"}


class PersonUnknown(ValueError):
    """Nobody has an account with this address."""

    code = "people.unknown"


class LastOperator(ValueError):
    """Without this person nobody would run the installation."""

    code = "people.last_operator"


def marks_of(user: User) -> list[Mark]:
    return [mark for mark, field in FIELDS.items() if getattr(user, field)]


@transaction.atomic
def grant(*, email: str, mark: Mark) -> User:
    """Give a person the mark.

    Raises:
        PersonUnknown: see there.
    """
    return _set(_person(email), mark, to=True)


@transaction.atomic
def withdraw(*, email: str, mark: Mark) -> User:
    """Take the mark away again.

    Raises:
        PersonUnknown, LastOperator: see there.
    """
    person = _person(email)
    others = User.objects.filter(is_operator=True, is_active=True).exclude(pk=person.pk)
    if mark is Mark.OPERATOR and not others.exists():
        raise LastOperator
    return _set(person, mark, to=False)


def _person(email: str) -> User:
    found = User.objects.select_for_update().filter(email__iexact=email.strip()).first()
    if found is None:
        raise PersonUnknown
    return found


def _set(person: User, mark: Mark, *, to: bool) -> User:
    setattr(person, FIELDS[mark], to)
    person.save(update_fields=[FIELDS[mark]])
    return person
