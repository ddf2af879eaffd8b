from tests.app.web.conftest import edition, lake, shop_with_facts

__all__ = ["edition", "lake", "shop_with_facts"]
