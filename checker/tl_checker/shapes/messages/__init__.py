"""What is said: our findings and losses, and mypy's own messages about arrays."""
