"""SQL of the door, by subject, inside one tenant's transaction."""
