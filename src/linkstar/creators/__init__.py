"""Creators: who they are, where they publish, whom they reach, what they ask for."""
