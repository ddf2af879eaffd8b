"""Coverage-guided fuzzing of every decoder, in a process that libFuzzer may end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def fuzz(folder: Path, *, seed: int, runs: int) -> None:
    command = [sys.executable, "-m", "tests.app.collector.decoding"]
    limits = [f"-runs={runs}", "-max_len=4096", "-len_control=0", "-timeout=10"]
    fuzzed = subprocess.run(
        [*command, f"-seed={seed}", *limits, f"-artifact_prefix={folder}/"],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert fuzzed.returncode == 0, fuzzed.stderr[-4_000:]
    assert f"Done {runs} runs" in fuzzed.stderr


class TestEveryDecoder:
    def test_keeps_its_promises_whatever_comes(self, tmp_path: Path) -> None:
        fuzz(tmp_path, seed=1, runs=15_000)

    @pytest.mark.long
    @pytest.mark.parametrize("seed", [2, 3])
    def test_keeps_them_for_long(self, tmp_path: Path, seed: int) -> None:
        fuzz(tmp_path, seed=seed, runs=2_000_000)
