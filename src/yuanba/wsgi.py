"""The WSGI door that the web server opens."""

import os

from django.core.wsgi import get_wsgi_application

from yuanba.kernel.following import follow

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanba.settings")

application = get_wsgi_application()
follow()
