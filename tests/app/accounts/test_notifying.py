import re
from pathlib import Path
from smtplib import SMTPServerDisconnected

import pytest

from linkstar.accounts.models import Notification
from linkstar.accounts.notices import NOTICES, told
from linkstar.accounts.notifying import mark_read, notify, send_mails

SOURCE = Path(__file__).parents[3] / "src" / "linkstar"


def tell(users, now, **params):
    notify(users=users, code="creator.returned", now=now, address="/creator/profile/", **params)


def test_every_code_that_is_sent_has_its_sentence() -> None:
    about = (
        "invitation|offer|application|campaign|creator|sample|content|support|collaboration|message"
    )
    code = re.compile(rf'"((?:{about})\.[a-z_]+)"')
    areas = ("recruiting", "creators", "collaborations")
    files = [file for area in areas for file in SOURCE.glob(f"{area}/**/*.py")]
    audited = {"invitation.sent", "campaign.clock", "campaign.drafted", "campaign.redrafted"}
    sent = {found for path in files for found in code.findall(path.read_text())} - audited
    assert sent
    assert sent <= NOTICES.keys()


@pytest.mark.django_db
class TestANotification:
    def test_is_told_in_the_readers_own_language_once(self, cast, now, mailoutbox) -> None:
        cast.ada.language = "zh-hans"
        cast.ada.save()
        tell([cast.ada, cast.bo, cast.ada], now, reason="照片不清楚")
        assert send_mails(now=now) == 2
        assert send_mails(now=now) == 0
        by_person = {mail.to[0]: mail for mail in mailoutbox}
        assert by_person["ada@example.com"].subject == "您的资料被退回：照片不清楚"
        assert by_person["bo@example.com"].subject == "Your profile was returned: 照片不清楚"
        assert "/creator/profile/" in by_person["bo@example.com"].body

    def test_is_mailed_five_times_at_most(self, cast, now, monkeypatch) -> None:
        def refuse(*args, **kwargs):
            raise SMTPServerDisconnected

        monkeypatch.setattr("linkstar.accounts.notifying.send_mail", refuse)
        tell([cast.ada], now, reason="x")
        for _ in range(7):
            assert send_mails(now=now) == 0
        kept = Notification.objects.get()
        assert (kept.mail_tries, kept.mail_due, kept.mailed_at) == (5, False, None)

    def test_is_read_by_its_own_reader_only(self, cast, now) -> None:
        tell([cast.ada], now, reason="x")
        kept = Notification.objects.get()
        assert mark_read(user=cast.bo, now=now, notification=kept.pk) == 0
        assert mark_read(user=cast.ada, now=now) == 1

    def test_with_a_line_break_in_its_facts_is_still_one_subject(self, cast, now, mailoutbox):
        tell([cast.bo], now, reason="a\nBcc: x@example.com")
        assert send_mails(now=now) == 1
        assert mailoutbox[0].recipients() == ["bo@example.com"]


def test_a_code_without_words_is_shown_as_it_is() -> None:
    assert told("moon.landed", {}) == ("moon.landed", "")
