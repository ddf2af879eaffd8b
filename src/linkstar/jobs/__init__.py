"""What runs in the background. A job killed half-way is found again by the state it left."""
