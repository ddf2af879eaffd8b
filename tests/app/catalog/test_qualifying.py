from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.app.catalog.papers import FACTS, Kind, hand_over, pdf, picture, qualified

from linkstar.catalog.affiliate_service import (
    AlreadyOn,
    NotOn,
    NotQualified,
    RateOutOfBounds,
    StartingPoint,
    change_service,
    disable_service,
    enable_service,
)
from linkstar.catalog.documents import BYTES_MAX, DocumentRefused, keep_document
from linkstar.catalog.models import Qualification
from linkstar.catalog.qualification import Standing, State, StepRefused, Verb
from linkstar.catalog.qualifying import (
    ActedMeanwhile,
    Incomplete,
    NotEditable,
    ReasonMissing,
    add_document,
    decide,
    hand_in,
    remove_document,
    state_company,
    take_back,
)
from linkstar.catalog.queries import service_of, standing_of
from linkstar.catalog.terms import TermsOutdated, terms_on


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "documents"


@pytest.fixture
def filled(cast, folder, now) -> Qualification:
    return hand_over(cast.shop, cast.lin, folder, now)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*"))


class TestAFile:
    @pytest.mark.parametrize(
        ("content", "media_type"),
        [
            (pdf(), "application/pdf"),
            (picture("PNG"), "image/png"),
            (picture("JPEG"), "image/jpeg"),
        ],
    )
    def test_is_known_by_its_content_and_kept_under_a_name_that_says_nothing(
        self, folder, content, media_type
    ):
        kept = keep_document("a.pdf", [content], folder)
        assert kept.media_type == media_type
        assert (folder / kept.stored_as).read_bytes() == content
        assert (folder / kept.stored_as).stat().st_mode & 0o077 == 0

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "empty"),
            (b"<html><script>alert(1)</script>", "type"),
            (b"MZ" + bytes(2000), "type"),
            (b"PK\x03\x04" + bytes(100), "type"),
            (b"GIF89a" + bytes(100), "type"),
            (b"%PDF-1.7\nthere is nothing behind it", "damaged"),
            (pdf()[:150], "damaged"),
            (picture()[:60], "damaged"),
            (pdf(password="secret"), "locked"),
            (pdf(script="app.alert(1)"), "active"),
        ],
    )
    def test_is_refused_for_what_it_is_and_leaves_nothing(self, folder, content, reason):
        with pytest.raises(DocumentRefused) as refused:
            keep_document("a.pdf", [content], folder)
        assert refused.value.code == f"document.{reason}"
        assert files(folder) == []

    def test_is_refused_while_it_arrives_when_it_is_too_big(self, folder):
        def endless():
            while True:
                yield bytes(1 << 20)

        with pytest.raises(DocumentRefused) as refused:
            keep_document("a.pdf", endless(), folder)
        assert refused.value.code == "document.too_big"
        assert files(folder) == []
        assert BYTES_MAX == 10 * 1024 * 1024


class TestACompany:
    def test_hands_in_what_is_complete(self, cast, filled, now):
        step = hand_in(shop=cast.shop, user=cast.lin, seen=0, now=now)
        assert (step.number, step.state) == (1, State.SUBMITTED)

    def test_is_told_everything_that_is_missing(self, cast, now):
        with pytest.raises(Incomplete) as refused:
            hand_in(shop=cast.shop, user=cast.lin, seen=0, now=now)
        assert len(refused.value.lacks) == 7
        assert (
            Qualification.objects.get_or_create(shop=cast.shop, defaults={"created_at": now})[
                0
            ].state
            == State.DRAFT
        )

    def test_cannot_hand_in_under_the_markets_threshold(self, cast, filled, now):
        state_company(shop=cast.shop, facts=replace(FACTS, shop_rating=Decimal("2.1")), now=now)
        with pytest.raises(Incomplete) as refused:
            hand_in(shop=cast.shop, user=cast.lin, seen=0, now=now)
        assert [lack.code for lack in refused.value.lacks] == ["shop_rating"]

    def test_cannot_change_what_is_being_reviewed(self, cast, filled, folder, now):
        hand_in(shop=cast.shop, user=cast.lin, seen=0, now=now)
        kept = files(folder)
        with pytest.raises(NotEditable):
            state_company(shop=cast.shop, facts=FACTS, now=now)
        with pytest.raises(NotEditable):
            add_document(
                shop=cast.shop, kind=Kind.OTHER, name="x.pdf", blocks=[pdf()], user=cast.lin,
                folder=folder, now=now,
            )  # fmt: skip
        with pytest.raises(NotEditable):
            remove_document(document=filled.documents.first(), folder=folder, now=now)
        assert files(folder) == kept

    def test_takes_it_back_to_change_it(self, cast, filled, now):
        hand_in(shop=cast.shop, user=cast.lin, seen=0, now=now)
        assert take_back(shop=cast.shop, user=cast.lin, seen=1, now=now).state == State.DRAFT

    def test_removes_a_file_nobody_saw_for_good(self, cast, filled, folder, now):
        document = filled.documents.first()
        remove_document(document=document, folder=folder, now=now)
        assert document.stored_as not in files(folder)
        assert filled.documents.count() == 1

    def test_keeps_a_file_that_was_handed_in_for_the_history(self, cast, filled, folder, now):
        hand_in(shop=cast.shop, user=cast.lin, seen=0, now=now)
        decide(
            shop=cast.shop, verb=Verb.SEND_BACK, user=cast.rita, seen=1, now=now, reason="Blurred"
        )
        document = filled.documents.first()
        remove_document(document=document, folder=folder, now=now)
        assert document.stored_as in files(folder)
        with pytest.raises(Incomplete):
            hand_in(shop=cast.shop, user=cast.lin, seen=2, now=now)


class TestAReviewer:
    @pytest.fixture(autouse=True)
    def handed_in(self, cast, filled, now):
        hand_in(shop=cast.shop, user=cast.lin, seen=0, now=now)

    def test_sends_back_with_a_reason_for_each_paper_and_the_company_hands_in_again(
        self, cast, filled, now
    ):
        paper = filled.documents.first()
        step = decide(
            shop=cast.shop, verb=Verb.SEND_BACK, user=cast.rita, seen=1, now=now,
            document_reasons={paper.id: "The seal cannot be read.", "other": " "},
        )  # fmt: skip
        assert step.document_reasons == {paper.id: "The seal cannot be read."}
        hand_in(shop=cast.shop, user=cast.lin, seen=2, now=now)
        decide(shop=cast.shop, verb=Verb.APPROVE, user=cast.rita, seen=3, now=now)
        verbs = [step.verb for step in filled.steps.order_by("number")]
        assert verbs == ["submit", "send_back", "submit", "approve"]

    def test_says_why(self, cast, now):
        with pytest.raises(ReasonMissing):
            decide(shop=cast.shop, verb=Verb.SEND_BACK, user=cast.rita, seen=1, now=now, reason=" ")

    def test_is_told_who_was_faster(self, cast, filled, now):
        decide(shop=cast.shop, verb=Verb.APPROVE, user=cast.rita, seen=1, now=now)
        with pytest.raises(ActedMeanwhile) as refused:
            decide(
                shop=cast.shop, verb=Verb.SEND_BACK, user=cast.olga, seen=1, now=now, reason="No"
            )
        assert refused.value.step.user == cast.rita
        filled.refresh_from_db()
        assert filled.state == State.APPROVED

    def test_does_not_approve_what_was_handed_in_after_looking(self, cast, filled, now):
        take_back(shop=cast.shop, user=cast.lin, seen=1, now=now)
        hand_in(shop=cast.shop, user=cast.lin, seen=2, now=now)
        with pytest.raises(ActedMeanwhile):
            decide(shop=cast.shop, verb=Verb.APPROVE, user=cast.rita, seen=1, now=now)

    def test_cannot_lift_what_is_not_suspended(self, cast, now):
        with pytest.raises(StepRefused):
            decide(shop=cast.shop, verb=Verb.LIFT, user=cast.rita, seen=1, now=now)


START = StartingPoint(default_rate_bps=1500, ctr_target_ratio=Decimal("0.03"))


class TestTheAffiliateService:
    @pytest.fixture
    def terms(self, tmp_path, now):
        return terms_on(now.date(), own=tmp_path / "terms")

    @pytest.fixture
    def approved(self, cast, folder, now):
        return qualified(cast.shop, owner=cast.lin, reviewer=cast.rita, folder=folder, now=now)

    def switch_on(self, cast, terms, now, *, version="", start=START):
        return enable_service(
            shop=cast.shop, user=cast.lin, terms=terms,
            accepted_version=version or terms.version, start=start, now=now,
        )  # fmt: skip

    def test_is_switched_on_once_by_a_qualified_shop_that_accepts_the_terms(
        self, cast, approved, terms, now
    ):
        service = self.switch_on(cast, terms, now)
        assert (service.terms_version, service.accepted_by) == ("2026-11-01", cast.lin)
        assert service_of(cast.shop) == service
        with pytest.raises(AlreadyOn):
            self.switch_on(cast, terms, now)

    def test_stays_off_without_qualification(self, cast, terms, now):
        with pytest.raises(NotQualified):
            self.switch_on(cast, terms, now)

    def test_stays_off_when_other_terms_were_read(self, cast, approved, terms, now):
        with pytest.raises(TermsOutdated):
            self.switch_on(cast, terms, now, version="2025-01-01")

    @pytest.mark.parametrize("rate_bps", [0, 99, 8001])
    def test_refuses_a_rate_the_market_does_not_allow(self, cast, approved, terms, now, rate_bps):
        with pytest.raises(RateOutOfBounds):
            self.switch_on(cast, terms, now, start=replace(START, default_rate_bps=rate_bps))
        assert service_of(cast.shop) is None

    def test_takes_other_targets_while_it_is_on(self, cast, approved, terms, now):
        with pytest.raises(NotOn):
            change_service(shop=cast.shop, start=START, now=now)
        self.switch_on(cast, terms, now)
        change_service(shop=cast.shop, start=replace(START, default_rate_bps=2000), now=now)
        assert service_of(cast.shop).default_rate_bps == 2000

    def test_lets_the_shop_promote_on_the_days_it_was_on(self, cast, approved, terms, now):
        day = now.date()
        self.switch_on(cast, terms, now)
        assert standing_of(cast.shop, day) is Standing.MAY_PROMOTE
        assert standing_of(cast.shop, day - timedelta(days=1)) is not Standing.MAY_PROMOTE
        disable_service(shop=cast.shop, now=now + timedelta(days=2))
        assert standing_of(cast.shop, day + timedelta(days=1)) is Standing.MAY_PROMOTE
        assert standing_of(cast.shop, day + timedelta(days=2)) is Standing.SERVICE_OFF

    def test_shows_no_plans_while_the_shop_is_suspended(self, cast, approved, terms, now):
        self.switch_on(cast, terms, now)
        later = now + timedelta(days=1)
        decide(
            shop=cast.shop, verb=Verb.SUSPEND, user=cast.rita, seen=2, now=later, reason="Complaint"
        )
        assert standing_of(cast.shop, now.date()) is Standing.MAY_PROMOTE
        assert standing_of(cast.shop, later.date()) is Standing.SUSPENDED
        decide(shop=cast.shop, verb=Verb.LIFT, user=cast.rita, seen=3, now=later)
        assert standing_of(cast.shop, later.date()) is Standing.MAY_PROMOTE

    def test_cannot_be_switched_on_while_suspended(self, cast, approved, terms, now):
        decide(
            shop=cast.shop, verb=Verb.SUSPEND, user=cast.rita, seen=2, now=now, reason="Complaint"
        )
        with pytest.raises(NotQualified):
            self.switch_on(cast, terms, now)


class TestTheTerms:
    def test_are_those_of_the_installation_where_it_has_its_own(self, tmp_path, now):
        for language in ("en", "zh-hans"):
            (tmp_path / f"2026-01-01.{language}.txt").write_text("Ours.\n\nAnd more.")
        terms = terms_on(now.date(), own=tmp_path)
        assert terms.version == "2026-01-01"
        assert terms.paragraphs("en") == ["Ours.", "And more."]
