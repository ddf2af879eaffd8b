"""The product's settings over a data directory of this test process alone."""

import atexit
import os
import shutil
import tempfile

os.environ["LINKSTAR_DATA"] = tempfile.mkdtemp(prefix="linkstar-test-")
os.environ["LINKSTAR_ECB_RATES"] = "off"  # no test asks the open internet
atexit.register(shutil.rmtree, os.environ["LINKSTAR_DATA"], ignore_errors=True)

from linkstar.config.settings import *  # noqa: E402,F403

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
]  # people in tests sign in often
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LANGUAGE_CODE = "en"  # what tests read; the cast reads English, too
