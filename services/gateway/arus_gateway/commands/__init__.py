"""What people can do to accounts, organisations and keys: each one transaction with its audit entry."""
