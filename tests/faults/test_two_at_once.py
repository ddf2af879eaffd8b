"""Several people click Accept in the same instant, each in a process of their own."""

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

PROGRAM = Path(__file__).with_name("accepting.py")
ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 4.0
"""Long enough for all processes to stand ready."""


def test_an_offer_accepted_by_four_at_once_makes_one_collaboration(tmp_path) -> None:
    environment = {
        **os.environ,
        "LINKSTAR_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "linkstar.config.settings",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    }

    def started(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(PROGRAM), *words]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    def said(process: subprocess.Popen[str]) -> str:
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        return output.strip()

    negotiation = said(started("seed"))
    at = str(time.time() + SECONDS_TO_START)
    clicks = [started("accept", negotiation, at) for _ in range(4)]
    assert Counter(map(said, clicks)) == {"agreed": 1, "refused: agreed": 3}
    assert said(started("count")) == "1"
