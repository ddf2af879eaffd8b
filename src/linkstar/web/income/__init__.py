"""What creators earned, for the creators themselves."""
