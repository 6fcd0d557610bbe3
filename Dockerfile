# syntax=docker/dockerfile:1
# The service with the command `ebox`, for a container without rights and with a read-only file system (README.md).

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY .ci/prepare.mjs .ci/
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build

FROM node:24-bookworm-slim AS packages
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY .ci/prepare.mjs .ci/
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Citizen eBox document service" \
      org.opencontainers.image.licenses="EUPL-1.2"
WORKDIR /app
COPY --from=packages /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json LICENSE ./
COPY templates templates
COPY certs certs
RUN chmod +x dist/cli.js && ln -s /app/dist/cli.js /usr/local/bin/ebox
# Production refuses every embedded part by name: the institution's own are set by environment (.env.example).
ENV NODE_ENV=production LISTEN_ADDRESS=0.0.0.0 PORT=8080 DATA_DIR=/tmp/citizen-ebox \
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
USER node
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 CMD ["ebox", "health"]
CMD ["node", "--enable-source-maps", "dist/main.js"]
