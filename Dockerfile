# syntax=docker/dockerfile:1
# docker build .                  the service for processors
# docker build --target gpu .     the same for NVIDIA GPUs
FROM node:24.21-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/cli/package.json packages/cli/
COPY packages/contract/package.json packages/contract/
COPY packages/detector/package.json packages/detector/
COPY packages/lab/package.json packages/lab/
COPY packages/server/package.json packages/server/
COPY packages/web/package.json packages/web/

# Builds the web page. Its tools are not needed afterwards.
FROM packages AS web
ENV ONNXRUNTIME_NODE_INSTALL=skip
RUN npm ci --no-audit --no-fund
# The page's tsconfig extends this one.
COPY tsconfig.json ./
COPY packages packages
RUN npm run build -w packages/web

# The service's packages. Only this platform's library of onnxruntime is kept. The bundled decoder is removed, because
# the image has ffmpeg.
FROM packages AS runtime
ENV ONNXRUNTIME_NODE_INSTALL=skip
RUN npm ci --no-audit --no-fund --omit=dev -w packages/server -w packages/cli \
  && machine=$(node -p process.arch) \
  && find node_modules/onnxruntime-node/bin/napi-* -mindepth 1 -maxdepth 1 ! -name linux -exec rm -r {} + \
  && find node_modules/onnxruntime-node/bin/napi-*/linux -mindepth 1 -maxdepth 1 ! -name "$machine" -exec rm -r {} + \
  && rm -rf node_modules/@napi-rs/webcodecs*

# onnxruntime's own install script fetches its GPU libraries.
FROM runtime AS runtime-gpu
RUN cd node_modules/onnxruntime-node && ONNXRUNTIME_NODE_INSTALL=cuda12 node ./script/install

FROM node:24.21-bookworm-slim AS models
WORKDIR /app
COPY deploy/models.ts deploy/
COPY models models
RUN node deploy/models.ts models

FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu24.04 AS gpu
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg tini \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --gid 10001 unswap \
  && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home unswap \
  && install -d -o 10001 -g 10001 -m 700 /data
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY --from=runtime-gpu /app ./
COPY packages packages
COPY deploy/backup.ts deploy/
COPY --from=web /app/packages/web/dist packages/web/dist
COPY --from=models /app/models models
ENV NODE_ENV=production ORT_DISABLE_TELEMETRY=1 UNSWAP_DATA_DIR=/data UNSWAP_HOST=0.0.0.0 UNSWAP_ANALYSIS_DEVICE=cuda
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --retries=4 CMD node -e "fetch('http://127.0.0.1:8000/livez').then((answer) => process.exit(answer.ok ? 0 : 1))" || exit 1
ENTRYPOINT ["tini", "--"]
CMD ["node", "packages/server/src/main.ts"]

FROM node:24.21-bookworm-slim AS cpu
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg tini \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --gid 10001 unswap \
  && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home unswap \
  && install -d -o 10001 -g 10001 -m 700 /data
WORKDIR /app
COPY --from=runtime /app ./
COPY packages packages
COPY deploy/backup.ts deploy/
COPY --from=web /app/packages/web/dist packages/web/dist
COPY --from=models /app/models models
ENV NODE_ENV=production ORT_DISABLE_TELEMETRY=1 UNSWAP_DATA_DIR=/data UNSWAP_HOST=0.0.0.0
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --retries=4 CMD node -e "fetch('http://127.0.0.1:8000/livez').then((answer) => process.exit(answer.ok ? 0 : 1))" || exit 1
ENTRYPOINT ["tini", "--"]
CMD ["node", "packages/server/src/main.ts"]
