"""Files of any other origin: figures, events and order lines, by known names or by a mapping."""

from linkstar.connectors.generic.layouts import EVENTS, PERFORMANCE
from linkstar.connectors.generic.order_lines import ORDER_LINES

LAYOUTS = (PERFORMANCE, EVENTS, ORDER_LINES)
