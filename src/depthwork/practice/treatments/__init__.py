"""Client, Treatment, Frame, Session, Break, Ending, FollowUp."""
