"""The entry for web servers."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
application = get_wsgi_application()
# What starting has built stays: no request need search it for garbage.
gc.collect()
gc.freeze()
