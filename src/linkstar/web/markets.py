"""Markets a shop can be on, in the order they are offered."""

from linkstar.catalog.market_rules import markets

MARKETS = tuple(markets())
