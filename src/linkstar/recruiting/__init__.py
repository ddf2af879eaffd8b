"""Recruiting: campaigns, applications, invitations and the offers that lead to an agreement."""
