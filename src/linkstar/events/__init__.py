"""The vocabulary of facts: what can happen to a product link, and along which lines it is cut."""
