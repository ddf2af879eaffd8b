"""Flows run the command line as a person does; see tests/app/cli."""

from tests.app.cli.conftest import Finished, begun, command, installed, linkstar

__all__ = ["Finished", "begun", "command", "installed", "linkstar"]
