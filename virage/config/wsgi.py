"""Django's WSGI handler, for any WSGI server and for asgi.py."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "virage.config.settings")

application = get_wsgi_application()
