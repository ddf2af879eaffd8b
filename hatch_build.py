"""Puts the built scripts, styles and translations into every wheel and source distribution."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what git does not keep; an editable install builds it by `tools/setup.py`."""
        script = Path(self.root) / "frontend" / "build.py"
        if version != "editable" and script.exists():
            subprocess.run([sys.executable, script], check=True)
