# One image for web, worker, beat and commands; compose.yaml says who runs what.
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt .
RUN python -m venv /opt/portal \
    && /opt/portal/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/portal --create-home portal
COPY --from=packages /opt/portal /opt/portal
COPY . /srv/portal
WORKDIR /srv/portal
ENV PATH=/opt/portal/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/var/lib/portal STATIC_ROOT=/srv/static BIND=0.0.0.0 PORT=8000
# Static files need no secret and no database; a key of this one command is thrown away with it.
RUN VAR_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity=0 && rm -r /tmp/build
USER portal
VOLUME /var/lib/portal
EXPOSE 8000
CMD ["gunicorn", "citizenjournalists.wsgi"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD \
    ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
