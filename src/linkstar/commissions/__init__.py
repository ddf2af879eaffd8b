"""What creators earn: accrued, approved, payable; clawed back at the rate it was earned."""
