"""The facts: Delta tables on local disk, loaded exactly once, asked through one engine."""
