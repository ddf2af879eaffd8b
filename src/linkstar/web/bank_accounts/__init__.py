"""Where creators are paid and shops pay from."""
