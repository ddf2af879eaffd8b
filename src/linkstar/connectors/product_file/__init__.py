"""Files of the catalogue, in our own layout."""

from linkstar.connectors.product_file.layout import PRODUCTS

LAYOUTS = (PRODUCTS,)
