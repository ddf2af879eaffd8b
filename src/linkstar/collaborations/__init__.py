"""Collaborations: one creator's agreement on products, its deliverables, samples and clocks."""
