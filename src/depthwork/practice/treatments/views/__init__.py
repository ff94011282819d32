"""Pages of the course of a treatment."""
