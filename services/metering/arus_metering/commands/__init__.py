"""Commands of the books: check, record and event in one transaction."""
