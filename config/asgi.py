"""Entry point of ASGI servers."""

import os

from django.core.asgi import get_asgi_application

from profile_workflow.masking import mask_server_log

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = get_asgi_application()
mask_server_log()
