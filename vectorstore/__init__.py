"""What the reports say: reading, figures, and search."""
