"""Which creator earned an order line, by which claim, and why no other."""
