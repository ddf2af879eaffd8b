"""The language is chosen by option, then by the environment."""

from pathlib import Path

import pytest

from linkstar.cli.refusals import not_readable
from linkstar.cli.words import chosen_language, speak


class TestTheLanguage:
    @pytest.mark.parametrize(
        ("arguments", "environment", "language"),
        [
            ([], {}, "en"),
            ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
            ([], {"LANG": "de_DE.UTF-8"}, "en"),
            ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
            ([], {"LANG": "C", "LINKSTAR_LANG": "zh"}, "zh"),
            (["uplift", "--lang", "zh"], {"LANG": "C"}, "zh"),
            (["uplift", "--lang=en"], {"LANG": "zh_CN.UTF-8"}, "en"),
        ],
    )
    def test_follows_the_option_then_the_environment(
        self, arguments: list[str], environment: dict[str, str], language: str
    ) -> None:
        assert chosen_language(arguments, environment) == language


class TestAFileThatCannotBeRead:
    def test_is_told_in_the_language_spoken(self, tmp_path: Path) -> None:
        speak("zh")
        try:
            with pytest.raises(FileNotFoundError) as missing:
                (tmp_path / "none.csv").open()
            told = not_readable(Path("none.csv"), missing.value)
        finally:
            speak("en")
        assert told.what == "none.csv：没有这个文件"
