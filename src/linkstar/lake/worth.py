"""What the items of an order line are worth by its price, in SQL."""

from linkstar.money.currencies import CURRENCIES
from linkstar.money.dividing import micros_per_minor

_MICROS_PER_MINOR = " ".join(f"WHEN '{code}' THEN {micros_per_minor(code)}" for code in CURRENCIES)
WORTH_MINOR = f"""CAST(round_even(CAST(price_micros * items AS DOUBLE)
    / CASE currency {_MICROS_PER_MINOR} END, 0) AS BIGINT)"""
"""Price in millionths times items, rounded once to minor units; null where one is not stated."""
