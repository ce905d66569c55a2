"""What we conclude, one module per subject."""
