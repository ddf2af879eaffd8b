"""The collector as a child of `linkstar serve`: `python -m linkstar.cli.collector_process`.

Takes HOST and PORT, as the collector's own command does, and ends with the supervisor.
"""

from linkstar.collector import serve
from linkstar.jobs.lifeline import end_with_supervisor

if __name__ == "__main__":
    end_with_supervisor()
    serve.main()
