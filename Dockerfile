# One image for all parts of the service: `api`, `worker` and `migrate` differ in their command only.
# The steps are those of `make .venv/.installed`; the lock file has every hash, so two builds install the same bytes.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN apt-get update \
 && apt-get install --yes --no-install-recommends gcc libc6-dev make \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/chainrule
COPY requirements.lock pyproject.toml README.md LICENSE Makefile ./
# The environment first: it changes less often than the code. Compiled here, since the root is read-only later.
RUN python3 -m venv .venv \
 && awk '/^[a-z]/{keep=0} /^uv==/{keep=1} keep' requirements.lock > .venv/uv.lock \
 && .venv/bin/python -m pip install --quiet --require-hashes --no-deps --requirement .venv/uv.lock \
 && .venv/bin/uv pip sync --quiet --no-cache --compile-bytecode --python .venv/bin/python --require-hashes requirements.lock
COPY api api
COPY cli cli
COPY grading grading
COPY migrations migrations
COPY reference_models reference_models
COPY worker worker
# What students submit and get is never imported from here, and not all of it is Python that compiles.
RUN .venv/bin/uv pip install --quiet --no-cache --python .venv/bin/python --no-build-isolation --no-deps --editable . \
 && .venv/bin/python -m compileall -q -x '/(samples|starter|support)/' \
      api cli grading migrations reference_models worker

FROM python:3.11-slim-bookworm AS service
# bash answers the health check of workers; nothing else is added to the base image.
RUN groupadd --gid 1001 chainrule \
 && useradd --uid 1001 --gid 1001 --no-create-home --home-dir /var/lib/chainrule --shell /usr/sbin/nologin chainrule \
 && install --directory --owner 1001 --group 1001 --mode 0750 /var/lib/chainrule
COPY --from=build /srv/chainrule /srv/chainrule
ENV PATH=/srv/chainrule/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 \
    CHAINRULE_STATE=/var/lib/chainrule CHAINRULE_HOST=0.0.0.0
WORKDIR /srv/chainrule
# By number: the orchestrator can tell that it is not root without reading the image's /etc/passwd.
USER 1001:1001
VOLUME /var/lib/chainrule
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["chainrule"]
CMD ["serve"]
