import pytest

from linkstar.accounts.actions import EmailTaken, add_user, join_workspace
from linkstar.accounts.models import Role
from linkstar.accounts.queries import is_fresh_installation, may_write, role_in, workspaces_of


class TestAPerson:
    def test_signs_in_with_one_address_however_it_is_written(self, cast) -> None:
        with pytest.raises(EmailTaken):
            add_user(email="LIN@example.com", password="another long password")

    def test_sees_only_the_workspaces_joined(self, cast) -> None:
        assert list(workspaces_of(cast.otto)) == [cast.other_workspace]

    def test_has_the_role_given_last(self, cast) -> None:
        join_workspace(user=cast.mei, workspace=cast.workspace, role=Role.VIEWER)
        assert role_in(cast.mei, cast.workspace) == Role.VIEWER

    def test_writes_as_owner_or_manager_and_only_where_they_belong(self, cast) -> None:
        assert may_write(cast.lin, cast.workspace)
        assert may_write(cast.mei, cast.workspace)
        assert not may_write(cast.vera, cast.workspace)
        assert not may_write(cast.otto, cast.workspace)


class TestAnInstallation:
    def test_is_fresh_until_the_first_person_exists(self, db) -> None:
        assert is_fresh_installation()
        add_user(email="olga@example.com", password="a long enough password")
        assert not is_fresh_installation()
