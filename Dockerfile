# The product in one image; what a container does is its command: web (the usual), worker, beat, or a `desk` command.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /build
COPY requirements.lock .
RUN python -m venv --without-pip /opt/desk \
 && python -m pip --python /opt/desk/bin/python install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 desk \
 && useradd --system --uid 10001 --gid desk --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin desk \
 && install --directory --owner=desk --group=desk --mode=0700 /data
COPY --from=packages /opt/desk /opt/desk
WORKDIR /srv/desk
COPY config config
COPY migrations migrations
COPY webapp webapp
COPY workers workers
RUN printf '#!/opt/desk/bin/python\nfrom webapp.cli import main\n\nmain()\n' > /opt/desk/bin/desk \
 && chmod 0755 /opt/desk/bin/desk \
 && /opt/desk/bin/python -m compileall -q /srv/desk

ENV PATH=/opt/desk/bin:$PATH \
    PYTHONPATH=/srv/desk \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DESK_BIND=0.0.0.0 \
    DESK_PORT=8000 \
    DESK_DATA_DIR=/data

USER desk
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s --retries=3 \
    CMD ["python", "-m", "config.launch.health"]
CMD ["gunicorn", "--config", "config/gunicorn.conf.py"]
