"""The language is chosen by option, then by the environment."""

import pytest

from linkstar.cli.words import chosen_language


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
