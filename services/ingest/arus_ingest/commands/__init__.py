"""Commands of the door, by subject: check, record and event in one transaction."""
