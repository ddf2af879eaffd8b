"""The product's settings over a PostgreSQL server named by `LINKSTAR_TEST_POSTGRES`."""

import os

from linkstar.config.database import database
from tests.settings import *  # noqa: F403
from tests.settings import PLACES

DATABASES = {"default": database(PLACES, os.environ["LINKSTAR_TEST_POSTGRES"])}
