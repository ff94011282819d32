"""Quiet drawings: one function a chart, from data classes to SVG, with its sentence and its table."""
