"""What is acceptable and what follows, one module per subject."""
