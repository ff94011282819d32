"""What a clinician makes of it: the formulation, the page before the hour, the minute after it."""
