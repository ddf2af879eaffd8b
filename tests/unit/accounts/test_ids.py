from linkstar.accounts.ids import new_id, new_ids


class TestIdsMadeTogether:
    def test_are_ulids_in_the_order_they_were_asked_for(self) -> None:
        made = list(new_ids("ent", 2_000))
        assert made == sorted(set(made))
        assert {len(each) for each in made} == {len(new_id("ent"))}

    def test_are_never_those_of_another_call_of_the_same_moment(self) -> None:
        made = [each for _ in range(500) for each in new_ids("ent", 2)]
        assert len(set(made)) == 1_000
