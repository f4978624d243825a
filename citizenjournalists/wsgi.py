import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "citizenjournalists.settings")
os.environ.setdefault("STATEMENT_TIMEOUT", "15")  # a page that takes longer is given up

application = get_wsgi_application()
