"""Commands of the service by subject: check, record and event in one transaction."""
