"""PDFs and SVG charts: pure functions of data classes."""
