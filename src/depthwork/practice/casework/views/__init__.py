"""Pages of casework: the hour, its marks, the patterns."""
