"""Files of the outside world, read: what each is, and its rows or their named problems."""
