"""SQL of the gateway, by subject. Every function takes the transaction it runs in."""
