"""Receives events and follows links: an RSGI application without Django and without a database."""
