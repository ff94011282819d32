"""Depthwork: the working memory of depth therapy."""

__version__ = "0.1.0"
