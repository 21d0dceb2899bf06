# The base images are arguments, so that a mirror or a digest can be put in their place.
ARG NODE_IMAGE=node:22.20.0-bookworm-slim
ARG RUST_IMAGE=rust:1.95.0-slim-bookworm
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12:nonroot

FROM ${NODE_IMAGE} AS dashboard
WORKDIR /src/dashboard
COPY dashboard/package.json dashboard/package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY dashboard ./
RUN npm run build

FROM ${RUST_IMAGE} AS build
# The allocator is built by make, which the slim image lacks.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
COPY --from=dashboard /src/dashboard/dist dashboard/dist
ARG GAD_COMMIT=unknown
# Without the demo, whose paper Telegram has no business in production. The two caches keep downloads
# and compiled dependencies between builds; what is needed leaves them by the copy.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    GAD_COMMIT="${GAD_COMMIT}" cargo build --release --locked --no-default-features --bin gad \
 && install -D target/release/gad /out/usr/local/bin/gad \
 && mkdir -p /out/var/lib/gad/data

FROM ${RUNTIME_IMAGE}
COPY --from=build /out/usr/local/bin/gad /usr/local/bin/gad
# 65532 is distroless' nonroot; a new volume mounted here takes over this owner.
COPY --from=build --chown=65532:65532 /out/var/lib/gad /var/lib/gad
USER 65532:65532
WORKDIR /var/lib/gad
ENV ENVIRONMENT=production HOST=0.0.0.0 PORT=8000
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["/usr/local/bin/gad", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/gad"]
CMD ["serve"]
