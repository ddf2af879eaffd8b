"""Who is who for the loader: links and shops from the records, devices from their agents."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from linkstar.accounts.row_security import everything_in_sight
from linkstar.batches import batched
from linkstar.catalog.models import Shop
from linkstar.lake.invalid_rules import AGENT_KINDS
from linkstar.lake.journaled_resolving import DEVICES, LINKS, SHOPS
from linkstar.lake.judging import Lists
from linkstar.tracking.agents import agent_kind, agent_lists, device_of
from linkstar.tracking.models import TrackedLink
from linkstar.tracking.network_lists import DataCentres, edition
from linkstar.tracking.own_visitors import own_visitors

NAMES_AT_ONCE = 10_000
_OF_LINKS = ("creator", "content_id", "content_type", "product_id", "channel")


class RecordedDirectory:
    """The directory over this installation's records, whoever of its companies has lines loaded."""

    @everything_in_sight()
    def links(self, tokens: Sequence[str]) -> pa.Table:
        fields = ("token", "shop__number", *_OF_LINKS)
        rows = [
            row
            for some in batched(tokens, NAMES_AT_ONCE)
            for row in TrackedLink.objects.filter(token__in=some).values_list(*fields)
        ]
        return _table(rows, LINKS)

    @everything_in_sight()
    def shops(self, numbers: Sequence[int]) -> pa.Table:
        fields = ("workspace__number", "number", "zone", "market")
        return _table(list(Shop.objects.filter(number__in=numbers).values_list(*fields)), SHOPS)

    def devices(self, agents: Sequence[str]) -> pa.Table:
        return _table([(agent, device_of(agent)) for agent in agents], DEVICES)


def agent_kinds(agents: Sequence[str]) -> pa.Table:
    """Who is behind each user agent, as `AGENT_KINDS`."""
    return _table([(agent, agent_kind(agent)) for agent in agents], AGENT_KINDS)


def recorded_lists(lists: Path, collector: Path) -> Lists:
    """Everything this installation knows that invalid traffic is judged by.

    Args:
        lists: the folder of published networks of data centres.
        collector: the collector's folder, which knows the shops' own visitors.
    """
    named = "|".join(f"{name} {dated}" for name, dated in agent_lists().items())
    return Lists(
        agent_kinds,
        DataCentres(lists).among,
        own_visitors(collector),
        f"{named}|{edition(lists)}",
    )


def _table(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    if not rows:
        return schema.empty_table()
    columns = zip(*rows, strict=True)
    arrays = [pa.array(c, field.type) for c, field in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)
