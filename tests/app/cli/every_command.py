"""Answers many commands as `--json`, one after another, in one process.

The commands come in as JSON on standard input, a list of arguments each; `{name}` stands for a
value of the answer before it. What they answered goes out as one JSON list.
"""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout


def main() -> None:
    from linkstar.cli.main import run

    known: dict[str, str] = {}
    answers = []
    for step in json.load(sys.stdin):
        arguments = [word.format_map(known) for word in step["arguments"]]
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run([*arguments, "--json", "--yes"])
        document = json.loads(out.getvalue())
        for name, place in step.get("keep", {}).items():
            value = document
            for part in place:
                value = value[part]
            known[name] = value
        answers.append({"code": code, "document": document, "err": err.getvalue()})
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
