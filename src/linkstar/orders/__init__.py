"""Order lines and refunds as the platform, the shop's own page or a caller states them."""
