"""Every row of the demand table is met, and its naive control visibly is not."""

import pytest
from tests.simulation.evidence import demands
from tests.simulation.registry import Demand, Scale

every_demand = pytest.mark.parametrize("demand", demands(), ids=lambda demand: demand.key)


def _judge(demand: Demand, scale: Scale) -> None:
    finding = demand.measure(scale)
    assert finding.holds, f"{demand.what}: demanded {demand.demand}, reached {finding.reached}"
    assert finding.control_fails, f"{demand.control} did not fail: {finding.control_reached}"


@every_demand
def test_demand_is_met_and_its_control_is_not(demand: Demand) -> None:
    _judge(demand, Scale.QUICK)


@pytest.mark.long
@every_demand
def test_demand_is_met_by_the_whole_protocol(demand: Demand) -> None:
    _judge(demand, Scale.FULL)


def test_keys_are_unique() -> None:
    keys = [demand.key for demand in demands()]

    assert len(keys) == len(set(keys))
