FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/directory
WORKDIR /source
COPY requirements/runtime.txt requirements/
RUN /opt/directory/bin/pip install --require-hashes --requirement requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY directory directory
COPY indexer indexer
RUN /opt/directory/bin/pip install --no-deps --no-build-isolation .

FROM python:3.13-slim
ENV PATH=/opt/directory/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin directory \
    && install --directory --owner=10001 --group=10001 /var/lib/directory
COPY --from=build /opt/directory /opt/directory
COPY gunicorn.conf.py /etc/directory/
WORKDIR /var/lib/directory
USER 10001:10001
VOLUME /var/lib/directory
EXPOSE 8000
CMD ["gunicorn", "--config", "/etc/directory/gunicorn.conf.py", "directory.wsgi:app"]
