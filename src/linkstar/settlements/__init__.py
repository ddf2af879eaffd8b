"""Closing periods, approving them, paying creators, and settling what is disputed."""
