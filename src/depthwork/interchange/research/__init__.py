"""What a study receives: de-identified tables with their dictionary, small cells suppressed, dates shifted."""
