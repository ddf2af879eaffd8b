"""Lists of creators, as sellers and agencies keep them."""

from linkstar.connectors.creator_file.layout import CREATORS

LAYOUTS = (CREATORS,)
