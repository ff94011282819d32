"""What became of it: reliable change, sudden gains, growth, follow-up."""
