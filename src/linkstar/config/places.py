"""Where this installation keeps its things on disk."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """Every path LinkStar writes to, all below one data directory."""

    data: Path

    @property
    def database(self) -> Path:
        return self.data / "linkstar.sqlite3"

    @property
    def jobs(self) -> Path:
        return self.data / "jobs.sqlite3"

    @property
    def lake(self) -> Path:
        return self.data / "lake"

    @property
    def collector(self) -> Path:
        return self.data / "collector"

    @property
    def imports(self) -> Path:
        return self.data / "imports"

    @property
    def documents(self) -> Path:
        """Files of qualifications: no page serves this folder."""
        return self.data / "documents"

    @property
    def terms(self) -> Path:
        """Terms of whoever runs the installation; absent, the shipped ones count."""
        return self.data / "terms"

    @property
    def papers(self) -> Path:
        """Long statements and settlements printed by a job, until they are old."""
        return self.data / "papers"

    @property
    def lists(self) -> Path:
        return self.data / "lists"

    @property
    def secret(self) -> Path:
        return self.data / "secret-key"


def places() -> Places:
    """The places named by `LINKSTAR_DATA`, or `.linkstar` in the home directory."""
    named = os.environ.get("LINKSTAR_DATA")
    data = Path(named) if named else Path.home() / ".linkstar"
    return Places(data.expanduser().resolve())
