"""Whom to ask for a product, with reasons; and searching creators with their past uplift."""
