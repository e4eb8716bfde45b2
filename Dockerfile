FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LOFTESBOT_DATABASE__URL=sqlite:////data/loftesbot.db \
    LOFTESBOT_WEB__HOST=0.0.0.0

WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock

COPY bot ./bot
COPY schedules ./schedules
COPY config/settings.toml ./config/settings.toml
RUN printf '#!/bin/sh\nexec python -m bot "$@"\n' > /usr/local/bin/loftesbot \
    && chmod +x /usr/local/bin/loftesbot \
    && useradd --system --uid 10001 loftesbot \
    && mkdir /data \
    && chown loftesbot /data

USER loftesbot
VOLUME /data
EXPOSE 8018
ENTRYPOINT ["loftesbot"]
CMD ["serve"]
