"""Entry point of WSGI servers."""

import os

from django.core.wsgi import get_wsgi_application

from profile_workflow.masking import mask_server_log

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = get_wsgi_application()
mask_server_log()
