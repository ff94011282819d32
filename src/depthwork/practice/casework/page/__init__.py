"""The hour as it is set: turns with their underlines, passages with their margin. Pure functions of text and marks."""
