"""What leaves the practice and what comes in: on whose word, which compartments, and a trace of each."""
