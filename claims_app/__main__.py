"""Lets a checkout run without being installed: ``python -m claims_app``."""

from claims_app.cli import main

main(prog_name="claims")
