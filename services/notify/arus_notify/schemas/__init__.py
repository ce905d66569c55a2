"""What travels over REST: the list, how people want to be told, the log of deliveries, webhooks."""
