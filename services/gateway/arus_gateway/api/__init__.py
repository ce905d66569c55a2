"""REST routes of the gateway, by subject."""
