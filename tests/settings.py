"""The product's settings over a data directory of this test process alone."""

import atexit
import os
import shutil
import tempfile

os.environ["LINKSTAR_DATA"] = tempfile.mkdtemp(prefix="linkstar-test-")
os.environ["LINKSTAR_ECB_RATES"] = "off"  # no test asks the open internet
atexit.register(shutil.rmtree, os.environ["LINKSTAR_DATA"], ignore_errors=True)

from linkstar.config.settings import *  # noqa: E402,F403

# Said, as the tool that gives each test process its own knows the engine of Django alone.
DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
]  # people in tests sign in often
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LANGUAGE_CODE = "en"  # what tests read; the cast reads English, too
