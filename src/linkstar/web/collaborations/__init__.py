"""Pages of collaborations and samples: the seller's side and the creator's."""
