"""How soon pages are made at the server, on the sample marketplace, best of twelve.

    python -m bench pages                      sets a sample marketplace up first
    LINKSTAR_DATA=... python -m bench pages    in the one that is there

The wanted figure for the overview is 300 ms on an idle machine; processor time tells the same on a
busy one, as far as one thread makes the page.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAGES = {"overview": "/", "CTR uplift": "/uplift/", "imports": "/imports/"}
RUNS = 12
OVERVIEW_SECONDS_MAX = 0.300


def main() -> None:
    given = os.environ.get("LINKSTAR_DATA")
    folder = Path(given or tempfile.mkdtemp(prefix="linkstar-bench-"))
    try:
        measure(folder)
    finally:
        if not given:
            shutil.rmtree(folder, ignore_errors=True)


def measure(folder: Path) -> None:
    os.environ["LINKSTAR_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "linkstar.config.settings"
    if not (folder / "sample-sign-in").exists():
        demo = [sys.executable, "-m", "linkstar.cli.main", "demo", "--yes", "--no-input"]
        subprocess.run([*demo, "--plain"], check=True, capture_output=True)
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(get_user_model().objects.get(email="demo@linkstar.example"))
    print(f"{'page':<16}{'clock ms':>10}{'processor ms':>14}", flush=True)
    for name, path in PAGES.items():
        clock, processor = fastest(client, path)
        print(f"{name:<16}{clock * 1e3:>10.0f}{processor * 1e3:>14.0f}", flush=True)
    print(f"goal: the overview in under {OVERVIEW_SECONDS_MAX * 1e3:.0f} ms")


def fastest(client: object, path: str) -> tuple[float, float]:
    taken = []
    for _ in range(RUNS):
        clock, processor = time.perf_counter(), time.process_time()
        response = client.get(path)
        taken.append((time.perf_counter() - clock, time.process_time() - processor))
        assert response.status_code == 200, (path, response.status_code)
    return min(clock for clock, _ in taken), min(processor for _, processor in taken)


if __name__ == "__main__":
    main()
