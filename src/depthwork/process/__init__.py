"""One file a construct: what is counted in an hour, and from which codes."""
