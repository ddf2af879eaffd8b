"""Work that is due at a time is done only when the worker knows of it."""

import re
from pathlib import Path

JOBS = Path(__file__).parents[2] / "src" / "linkstar" / "jobs"
DECORATED = re.compile(r"^@(every\(|job\b)", re.MULTILINE)


def test_the_worker_takes_up_every_module_with_jobs() -> None:
    having_jobs = {path.stem for path in JOBS.glob("*.py") if DECORATED.search(path.read_text())}
    worker = (JOBS / "worker.py").read_text()
    taken_up = set(re.findall(r"^        (\w+),", worker, re.MULTILINE))
    assert "imports" in having_jobs
    assert having_jobs - taken_up == set()
