"""What travels over REST."""
