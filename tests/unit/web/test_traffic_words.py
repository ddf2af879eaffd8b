"""Every rule that flags traffic, and every class of rules, has words."""

import pytest

from linkstar.lake.invalid_rules import RULE_CLASSES
from linkstar.web.traffic_words import class_name, rule_name


class TestRules:
    @pytest.mark.parametrize("rule", RULE_CLASSES)
    def test_have_words_and_a_class_with_words(self, rule: str) -> None:
        assert rule_name(rule) != rule
        assert class_name(RULE_CLASSES[rule])

    def test_of_a_later_version_are_called_by_their_code(self) -> None:
        assert (rule_name("too_quiet"), class_name(None)) == ("too_quiet", "")
