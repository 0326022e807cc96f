# syntax=docker/dockerfile:1
# One image recipe for all services: docker build --build-arg SERVICE=Orders -t ticketing/orders .
# Serves by default; `docker run … migrate` brings the service's database up to date and ends.
ARG DOTNET=10.0

# Builds on the builder's own processor for any target: nothing here is emulated.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:${DOTNET} AS build
ARG SERVICE
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /src

# What decides the packages comes first, so that a change of code leaves this layer cached. No cache mount: a remote
# layer cache does not hold mounts, and a cached restore would then miss its packages. Locked: the packages that were tested, or
# none; so without a processor's name, of which the lock files know nothing (what is published runs on any).
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY services/Shared/Contracts/Contracts.csproj services/Shared/Contracts/packages.lock.json services/Shared/Contracts/
COPY services/Shared/ServiceDefaults/ServiceDefaults.csproj services/Shared/ServiceDefaults/packages.lock.json \
     services/Shared/ServiceDefaults/
COPY services/Shared/Pdf/Pdf.csproj services/Shared/Pdf/packages.lock.json services/Shared/Pdf/
COPY services/OpenApiMerge/OpenApiMerge.csproj services/OpenApiMerge/packages.lock.json services/OpenApiMerge/
COPY services/${SERVICE}/${SERVICE}.csproj services/${SERVICE}/packages.lock.json services/${SERVICE}/
RUN dotnet restore "services/${SERVICE}/${SERVICE}.csproj" --locked-mode

COPY .editorconfig BannedSymbols.txt ./
COPY services/Shared/Contracts services/Shared/Contracts
COPY services/Shared/ServiceDefaults services/Shared/ServiceDefaults
COPY services/Shared/Pdf services/Shared/Pdf
# The Gateway's document of the whole API is made of these.
COPY services/OpenApiMerge services/OpenApiMerge
COPY --parents services/*/openapi.json ./
COPY services/${SERVICE} services/${SERVICE}
# service.dll names the entry of every service alike; dotnet resolves the link to the real program.
RUN dotnet publish "services/${SERVICE}/${SERVICE}.csproj" --no-restore -c Release \
        --no-self-contained -p:UseAppHost=false -p:DebugType=embedded -o /app \
    && ln -s "${SERVICE}.dll" /app/service.dll

# Amazon's certificate authorities for RDS, for SSL Mode=VerifyFull;Root Certificate=/etc/ssl/rds/global-bundle.pem.
FROM scratch AS rds
ADD --chmod=0444 https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem /etc/ssl/rds/global-bundle.pem

# Chiselled: no shell, no package manager, no root. "extra" has ICU and the time zones.
FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET}-noble-chiseled-extra AS final
ARG SERVICE
ARG VERSION=0.0.0-dev
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
ARG SOURCE=
LABEL org.opencontainers.image.title="ticketing-${SERVICE}" \
      org.opencontainers.image.description="Ticketing: the ${SERVICE} service" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.base.name="mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra"
# Diagnostics would create sockets under /tmp, which a read-only root does not have.
ENV ASPNETCORE_HTTP_PORTS=8080 DOTNET_EnableDiagnostics=0
WORKDIR /app
COPY --from=rds /etc/ssl/rds /etc/ssl/rds
COPY --from=build /app .
# The number, not the name: runAsNonRoot can only check numbers.
USER 1654
EXPOSE 8080
ENTRYPOINT ["dotnet", "service.dll"]
