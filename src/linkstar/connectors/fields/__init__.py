"""How values are written in exports: one SQL macro per form of value."""
