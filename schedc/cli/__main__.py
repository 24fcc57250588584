"""`python -m schedc.cli`."""

from schedc.cli.main import program

program()
