"""Commission plans: dated promises of a rate, which one applies, and what else is granted."""
