"""Charts as SVG text: pure functions of data classes, each with its sentence and its table."""

from depthwork.reports.charts.chart import Chart

__all__ = ["Chart"]
