"""Tracked links and write keys: what the collector may follow and who may write to it."""
