"""Exchange rates by day with their source, and exchanges booked at a stamped rate."""
