"""The sample's workspaces, shops and people."""

import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
from django.db import transaction

from linkstar.accounts.actions import add_user, join_workspace, open_workspace
from linkstar.accounts.models import Role, User, Workspace
from linkstar.catalog.actions import open_shop
from linkstar.catalog.models import Shop
from linkstar.sample import names
from linkstar.sample.labels import all_shop_names, shop_external_ids
from linkstar.sample.market import Market
from linkstar.sample.plan import ZONE

DEMO_WORKSPACE = "Starlane"
OWNER_EMAIL = "demo@linkstar.example"
VIEWER_EMAIL = "viewer@linkstar.example"


def _workspace_name(number: int) -> str:
    if number == 0:
        return DEMO_WORKSPACE
    first = names.WORKSPACE_NAMES[(number - 1) % len(names.WORKSPACE_NAMES)]
    last = names.WORKSPACE_ENDS[(number - 1) // len(names.WORKSPACE_NAMES)]
    return f"{first} {last}"


@transaction.atomic
def open_sample_shops(market: Market, *, now: datetime) -> Mapping[str, Shop]:
    """Every shop of the marketplace by its id on the platform; those already there are kept.

    All take part in the benchmark.
    """
    there = {shop.external_id: shop for shop in Shop.objects.filter(workspace__is_sample=True)}
    if there:
        return there
    workspaces = [
        open_workspace(name=_workspace_name(number), now=now, is_sample=True)
        for number in range(int(market.shops.workspace.max()) + 1)
    ]
    order = np.argsort(~market.shops.is_demo, kind="stable")  # the demo seller's come first
    external_ids, shop_names = shop_external_ids(market), all_shop_names(market)
    for index in order.tolist():
        there[external_ids[index]] = open_shop(
            workspace=workspaces[market.shops.workspace[index]],
            name=shop_names[index],
            external_id=external_ids[index],
            category=market.lines[market.shops.line[index]].category,
            zone=ZONE,
            shares_with_benchmark=True,
            now=now,
        )
    return there


def demo_workspace() -> Workspace:
    """The demo seller's, which is the sample's first."""
    return Workspace.objects.filter(is_sample=True).earliest("number")


@transaction.atomic
def add_sample_people(workspace: Workspace, *, password: str, language: str) -> User:
    """The demo seller, who also runs the installation, and somebody who may only look."""
    owner = User.objects.filter(email=OWNER_EMAIL).first() or add_user(
        email=OWNER_EMAIL,
        password=password,
        language=language,
        is_operator=True,
        is_reviewer=True,
    )
    viewer = User.objects.filter(email=VIEWER_EMAIL).first() or add_user(
        email=VIEWER_EMAIL, password=password, language=language
    )
    join_workspace(user=owner, workspace=workspace, role=Role.OWNER)
    join_workspace(user=viewer, workspace=workspace, role=Role.VIEWER)
    return owner


def sample_password(path: Path) -> str:
    """The password of the sample's people: drawn once, kept where only this machine's owner reads.

    A known password would open every installation that was ever shown to somebody.
    """
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(f"linkstar-{secrets.token_hex(5)}")
    return path.read_text()


def still_opens(password: str) -> bool:
    """Whether the demo seller still signs in with it."""
    owner = User.objects.filter(email=OWNER_EMAIL).first()
    return owner is not None and owner.check_password(password)
