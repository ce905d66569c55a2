"""SQL of the books, by subject."""
