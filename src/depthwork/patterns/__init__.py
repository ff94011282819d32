"""What recurs over a treatment: pure functions over codes."""
