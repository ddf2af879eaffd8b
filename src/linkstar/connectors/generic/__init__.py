"""Files of any other origin: performance rows and events, by known names or by a mapping."""

from linkstar.connectors.generic.layouts import EVENTS, PERFORMANCE

LAYOUTS = (PERFORMANCE, EVENTS)
