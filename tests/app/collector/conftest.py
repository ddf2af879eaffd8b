"""Where there is no atheris (it is made for Linux on x86-64), what needs it is not collected."""

import platform
import sys

HAS_ATHERIS = sys.platform == "linux" and platform.machine() == "x86_64"
collect_ignore = [] if HAS_ATHERIS else ["test_decoding.py"]
