"""Sets up everything `make run` and `make test` need; standard library only.

    python3 tools/setup.py run     the locked environment, the built assets, the translations
    python3 tools/setup.py test    the same with the tools of tests, a browser and a Chinese font,
                                   and GrowthBook's statistics in .venv-gbstats, to agree with

What is already there is left alone: a second call ends in well under a second.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
GROWTHBOOK = ROOT / ".venv-gbstats"
BROWSERS = (
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
CHINESE_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/STHeiti Light.ttc",
)


def main(what: str) -> None:
    if sys.version_info < (3, 11):
        stop(f"LinkStar needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    # An environment made for tests already holds everything that running needs.
    names = ["run", "build"] if what == "run" else ["dev"]
    locks = [ROOT / "requirements" / f"{name}.txt" for name in names]
    everything = ROOT / "requirements" / "dev.txt"
    if not (is_done("environment", locks) or is_done("environment", [everything])):
        install(VENV, locks)
        mark_done("environment", locks)
    project = [ROOT / "pyproject.toml"]
    if not is_done("project", project):
        call(*pip_install(VENV), "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        mark_done("project", project)
    call(str(python_of(VENV)), str(ROOT / "frontend" / "build.py"))
    if what == "test":
        install_growthbook()
        install_system_packages()


def install_growthbook() -> None:
    """GrowthBook's statistics, which tests compare ours with.

    They ask for a NumPy older than the one we run on, so they live apart from it. The lock
    overrides that wish and leaves out what only their notebooks need; pip must not look again.
    """
    lock = [ROOT / "requirements" / "gbstats.txt"]
    if not is_done("environment", lock, GROWTHBOOK):
        install(GROWTHBOOK, lock, "--no-deps")
        mark_done("environment", lock, GROWTHBOOK)


def install(venv: Path, locks: list[Path], *options: str) -> None:
    """The locked packages, each checked against its hash."""
    if not python_of(venv).exists():
        make_venv(venv)
    files = [argument for lock in locks for argument in ("-r", str(lock))]
    say(f"installing the locked packages into {venv.name} (once)")
    call(*pip_install(venv), "--require-hashes", *options, *files)


def make_venv(venv: Path) -> None:
    say(f"making {venv.name}")
    if uv := shutil.which("uv"):
        call(uv, "venv", "--quiet", "--seed", "--python", sys.executable, str(venv))
        return
    if not has_ensurepip() and not install_with_apt(["python3-venv"]):
        stop("Python's venv module is missing; on Debian: apt-get install python3-venv")
    call(sys.executable, "-m", "venv", "--clear", str(venv))


def python_of(venv: Path) -> Path:
    return venv / "bin" / "python"


def has_ensurepip() -> bool:
    probe = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def pip_install(venv: Path) -> list[str]:
    python = str(python_of(venv))
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--quiet", "--python", python]
    return [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def install_system_packages() -> None:
    """What only tests need and only the system can give: a browser and a Chinese font."""
    missing = {
        "chromium": not any(map(os.path.exists, BROWSERS)),
        "fonts-noto-cjk": not any(map(os.path.exists, CHINESE_FONTS)),
    }
    wanted = [package for package, is_missing in missing.items() if is_missing]
    if wanted and not install_with_apt(wanted):
        stop(f"The browser tests need {' and '.join(wanted)}; please install them.")


def install_with_apt(packages: list[str]) -> bool:
    """True when the system's package manager could be used and did install them."""
    if not shutil.which("apt-get"):
        return False
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not shutil.which("sudo"):
        return False
    say(f"installing {', '.join(packages)} with apt-get (once)")
    quietly = {
        "stdout": subprocess.DEVNULL,
        "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    }
    subprocess.run([*as_root, "apt-get", "-qq", "update"], check=False, **quietly)
    install = [*as_root, "apt-get", "-qq", "-y", "install", "--no-install-recommends", *packages]
    return subprocess.run(install, check=False, **quietly).returncode == 0


def is_done(step: str, inputs: list[Path], venv: Path = VENV) -> bool:
    stamp = venv / f".done-{step}"
    return stamp.exists() and stamp.read_text() == digest(inputs)


def mark_done(step: str, inputs: list[Path], venv: Path = VENV) -> None:
    (venv / f".done-{step}").write_text(digest(inputs))


def digest(paths: list[Path]) -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def call(*command: str) -> None:
    finished = subprocess.run(command, check=False, cwd=ROOT)
    if finished.returncode:
        stop(f"This step failed: {' '.join(command)}")


def say(sentence: str) -> None:
    print(f"setup: {sentence}", file=sys.stderr, flush=True)


def stop(sentence: str) -> None:
    say(sentence)
    sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
