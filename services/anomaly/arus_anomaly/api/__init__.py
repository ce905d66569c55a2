"""REST routes, by subject."""
