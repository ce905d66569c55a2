# One image per service: docker build -f deploy/docker/python.Dockerfile --build-arg SERVICE=ingest -t arus/ingest .
# SERVICE=stack makes the image that prepares databases and topics (`arus migrate`).

FROM python:3.11-slim AS build
ARG SERVICE
ENV UV_PROJECT_ENVIRONMENT=/opt/venv UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
WORKDIR /src
COPY deploy/docker/tools.txt ./
RUN pip install --no-cache-dir --require-hashes -r tools.txt
COPY pyproject.toml uv.lock ./
COPY libs libs
COPY services services
RUN if [ "$SERVICE" = stack ]; then packages=--all-packages; else packages="--package arus-$SERVICE"; fi; \
    uv sync --locked --no-default-groups --no-editable $packages
COPY web web
RUN mkdir -p web/dist; if [ "$SERVICE" = gateway ]; then cd web && npm ci --no-audit --no-fund && npm run build; fi

FROM python:3.11-slim
ARG SERVICE
RUN useradd --uid 10001 --create-home arus && install -d -o arus -g arus /var/lib/arus /run/arus
COPY --from=build /opt/venv /opt/venv
COPY --from=build /src/services /srv/arus/services
COPY --from=build /src/web/dist /srv/arus/web/dist
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SERVICE=$SERVICE \
    ARUS_SERVICE=$SERVICE \
    ARUS_ROOT=/srv/arus \
    ARUS_HOME=/var/lib/arus \
    ARUS_WEB_DIST=/srv/arus/web/dist \
    ARUS_HTTP_HOST=0.0.0.0 \
    ARUS_HTTP_PORT=8080 \
    ARUS_GRPC_PORT=50051
USER arus
WORKDIR /srv/arus
EXPOSE 8080 50051
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python", "-c", "from os import environ; from urllib.request import urlopen; urlopen(f'http://127.0.0.1:{environ[\"ARUS_HTTP_PORT\"]}/readyz', timeout=4)"]
# `arus credentials --to` writes the file in compose; in a cluster its values are a secret's.
CMD ["sh", "-c", "if [ -f /run/arus/env ]; then set -a; . /run/arus/env; fi; exec python -m arus_$SERVICE"]
