"""Receives events and follows links: an ASGI application without Django and without a database."""
