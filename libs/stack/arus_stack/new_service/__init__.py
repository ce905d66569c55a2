"""Makes the next service: every room, a migration, tests, and its name wherever services are listed."""
