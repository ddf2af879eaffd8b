"""Pages for finding creators: search, recommendations, campaigns, invitations, negotiations."""
