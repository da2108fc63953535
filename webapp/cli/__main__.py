"""Runs the command without the installed script: `python -m webapp.cli`."""

from webapp.cli import main

main()
