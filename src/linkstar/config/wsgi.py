"""The WSGI door: `granian --interface wsgi linkstar.config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linkstar.config.settings")
application = get_wsgi_application()
