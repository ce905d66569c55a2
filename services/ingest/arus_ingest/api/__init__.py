"""REST routes of the fuel door, by subject."""
