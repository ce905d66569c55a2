"""What travels over REST, by subject."""
