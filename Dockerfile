# Three stages: the front end, the Python environment, and what runs, which holds neither compiler nor npm nor what
# only the build needs.

FROM node:22-slim AS frontend
WORKDIR /src/yuanba/web/frontend
COPY src/yuanba/web/frontend/package.json src/yuanba/web/frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY src/yuanba/web/frontend ./
RUN mkdir -p ../static && npm run --silent build

FROM python:3.11-slim AS environment
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/opt/yuanba
RUN pip install --no-cache-dir "uv>=0.8,<1"
WORKDIR /build
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --frozen --no-dev --group build --no-install-project --extra s3
COPY scripts/traditional.py scripts/compile_messages.py scripts/compile_help.py scripts/
COPY docs/help docs/help
COPY src src
COPY --from=frontend /src/yuanba/web/static/dist src/yuanba/web/static/dist
RUN /opt/yuanba/bin/python scripts/compile_messages.py \
    && /opt/yuanba/bin/python scripts/compile_help.py \
    && uv sync --frozen --no-dev --no-group build --no-editable --extra s3

FROM python:3.11-slim
ENV PATH=/opt/yuanba/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    YUANBA_VAR=/var/lib/yuanba \
    YUANBA_DEMO=0 \
    HOST=0.0.0.0 \
    PORT=8000
RUN useradd --no-log-init --uid 10001 --home-dir /var/lib/yuanba --create-home --shell /usr/sbin/nologin yuanba
COPY --from=environment /opt/yuanba /opt/yuanba
USER yuanba
VOLUME /var/lib/yuanba
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health/ready', timeout=4)"]
CMD ["yuanba", "up"]
