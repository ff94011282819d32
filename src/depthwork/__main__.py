"""`python -m depthwork` is the `depthwork` command."""

from depthwork.cli import main

main()
