"""Lists of networks are read as their owners publish them, and say how old they are."""

import json
from pathlib import Path

import pytest

from linkstar.tracking.network_lists import (
    DataCentres,
    ListRefused,
    ListUnknown,
    add_list,
    edition,
    known_lists,
    remove_list,
)

CLOUD = {
    "createDate": "2026-11-02-03-04-05",
    "prefixes": [{"ip_prefix": "3.5.140.0/22"}, {"ip_prefix": "15.230.0.64/27"}],
    "ipv6_prefixes": [{"ipv6_prefix": "2600:1f00::/40"}],
}


def written(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


class TestAList:
    def test_says_its_date_and_what_of_it_can_be_used(self, tmp_path: Path) -> None:
        taken = add_list(tmp_path / "lists", written(tmp_path, "cloud.json", json.dumps(CLOUD)))
        assert (taken.dated, taken.networks, taken.unusable) == ("2026-11-02-03-04-05", 2, 1)
        assert known_lists(tmp_path / "lists") == [taken]

    def test_that_is_removed_is_judged_by_no_longer(self, tmp_path: Path) -> None:
        lists = tmp_path / "lists"
        for name in ("cloud.json", "other.json"):
            taken = add_list(lists, written(tmp_path, name, json.dumps(CLOUD)))
        before = edition(lists)
        assert remove_list(lists, "other.json") == taken
        assert [one.name for one in known_lists(lists)] == ["cloud.json"]
        assert edition(lists) != before
        for unknown in ("other.json", "../cloud.json", ""):
            with pytest.raises(ListUnknown) as refused:
                remove_list(lists, unknown)
            assert refused.value.known == ("cloud.json",)

    @pytest.mark.parametrize(
        ("network", "is_listed"),
        [
            ("3.5.141.0", True),
            ("3.5.144.0", False),
            ("15.230.0.0", False),  # only a part of it is the cloud's
            ("2600:1f00:12::", True),
            ("2600:1f01::", False),
            ("", False),
        ],
    )
    def test_tells_a_data_centre(self, tmp_path, network, is_listed) -> None:
        add_list(tmp_path / "lists", written(tmp_path, "cloud.json", json.dumps(CLOUD)))
        told = DataCentres(tmp_path / "lists").among([network]).to_pylist()
        assert bool(told) is is_listed

    def test_may_be_one_network_a_line_with_remarks(self, tmp_path: Path) -> None:
        plain = written(tmp_path, "own.txt", "# ours\n198.51.100.0/24  # lab\n203.0.112.0/23\n")
        assert add_list(tmp_path / "lists", plain).networks == 2

    def test_replaces_the_one_of_its_name_and_makes_a_new_edition(self, tmp_path: Path) -> None:
        folder = tmp_path / "lists"
        assert edition(folder) == ""
        add_list(folder, written(tmp_path, "a.txt", "198.51.100.0/24"))
        first = edition(folder)
        add_list(folder, written(tmp_path, "a.txt", "203.0.113.0/24"))
        assert first != edition(folder)
        assert len(known_lists(folder)) == 1

    @pytest.mark.parametrize("text", ["", "{}", "hello", '{"prefixes": ["1.2.3.4/32"]}', "[1, 2"])
    def test_without_a_usable_network_is_refused(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(ListRefused):
            add_list(tmp_path / "lists", written(tmp_path, "bad.json", text))
        assert known_lists(tmp_path / "lists") == []
