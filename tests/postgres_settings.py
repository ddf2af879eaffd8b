"""The product's settings over a PostgreSQL server named by `LINKSTAR_TEST_POSTGRES`."""

import os

from tests.settings import *  # noqa: F403

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": os.environ["LINKSTAR_TEST_POSTGRES"],
    }
}
