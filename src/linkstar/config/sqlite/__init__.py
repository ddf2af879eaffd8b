"""SQLite as Django speaks to it, with instants written and read in one step."""
