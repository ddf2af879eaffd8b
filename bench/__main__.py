"""`make bench`: every benchmark of this folder, side by side with its peers, in one run.

python -m bench             all of them
python -m bench lake stats  these
"""

import importlib
import sys
from pathlib import Path

ALL = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))

if __name__ == "__main__":  # processes of a benchmark's own come by here too
    for name in sys.argv[1:] or ALL:
        print(f"\n== {name} ==", flush=True)
        importlib.import_module(f"bench.{name}").main()
