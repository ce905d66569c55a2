"""REST routes of the books, by subject."""
