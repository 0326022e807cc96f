{{/* A service's settings: the defaults with its own on top. Takes (dict "root" $ "name" "orders"). */}}
{{- define "ticketing.service" -}}
{{- $own := index .root.Values.services .name | default dict -}}
{{- mustMergeOverwrite (deepCopy .root.Values.defaults) (deepCopy $own) | toYaml -}}
{{- end -}}

{{/* What never changes in a service's life: selectors, spread, budgets. Never a version. */}}
{{- define "ticketing.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{- define "ticketing.labels" -}}
{{ include "ticketing.selector" . }}
app.kubernetes.io/part-of: ticketing
app.kubernetes.io/component: {{ .component | default "service" }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{/* By digest when there is one, else by tag. */}}
{{- define "ticketing.image" -}}
{{- $image := .service.image | default dict -}}
{{- $repository := printf "%s/%s" .root.Values.image.registry ($image.repository | default .name) -}}
{{- if $image.digest -}}
{{ $repository }}@{{ $image.digest }}
{{- else -}}
{{ $repository }}:{{ $image.tag | default .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* The environment of a service, for serving and for migrating alike. */}}
{{- define "ticketing.env" -}}
- name: ASPNETCORE_HTTP_PORTS
  value: {{ .root.Values.ports.app | quote }}
- name: Drain__Seconds
  value: {{ .service.shutdown.drainSeconds | quote }}
- name: WarmUp__Seconds
  value: "20"
- name: DOTNET_shutdownTimeoutSeconds
  value: {{ add .service.shutdown.drainSeconds .service.shutdown.appSeconds | quote }}
- name: Public__BaseUrl
  value: {{ .root.Values.publicUrl | quote }}
- name: Auth__Authority
  value: {{ .root.Values.auth.authority | default (printf "%s/" .root.Values.publicUrl) | quote }}
{{- with .root.Values.auth.metadataAddress }}
- name: Auth__MetadataAddress
  value: {{ . | quote }}
{{- end }}
- name: Auth__Audience
  value: {{ .root.Values.auth.audience | quote }}
- name: Auth__RoleClaim
  value: {{ .root.Values.auth.roleClaim | quote }}
{{- range $i, $client := .root.Values.auth.clientIds }}
- name: Auth__ClientIds__{{ $i }}
  value: {{ $client | quote }}
{{- end }}
{{- with .root.Values.telemetry.otlpEndpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: {{ printf "deployment.environment.name=%s,k8s.namespace.name=%s" $.root.Values.environment $.root.Release.Namespace | quote }}
{{- end }}
- name: Traces__SampleRatio
  value: {{ .root.Values.telemetry.samplingRate | quote }}
{{- if .service.database }}
- name: ConnectionStrings__Database
  valueFrom:
    secretKeyRef:
      name: {{ .name }}-database
      key: connectionString
{{- end }}
{{- range $key, $value := .service.env }}
- name: {{ $key }}
  value: {{ tpl (toString $value) $.root | quote }}
{{- end }}
{{- range $key, $ref := .service.secretEnv }}
- name: {{ $key }}
  valueFrom:
    secretKeyRef:
      name: {{ $ref.name }}
      key: {{ $ref.key }}
{{- end }}
{{- end -}}

{{/* What daprd reads by envRef in components/<set>. */}}
{{- define "ticketing.sidecarEnv" -}}
{{- $env := list (printf "GOMEMLIMIT=%s" .service.sidecar.goMemoryLimit) (printf "TICKETING_MAIL_FROM=%s" .root.Values.mailFrom) -}}
{{- $env = append $env (printf "TICKETING_STATE_TABLE=%s" .root.Values.stateTable) -}}
{{- $env = append $env (printf "TICKETING_FILES_BUCKET=%s" .root.Values.filesBucket) -}}
{{- if eq .root.Values.componentSet "aws" -}}
{{- $env = append $env (printf "AWS_REGION=%s" .root.Values.aws.region) -}}
{{- $env = append $env (printf "AWS_ACCOUNT_ID=%s" .root.Values.aws.accountId) -}}
{{- else -}}
{{- $env = append $env (printf "TICKETING_AWS_ENDPOINT=%s" .root.Values.emulators.awsEndpoint) -}}
{{- $env = append $env (printf "TICKETING_DYNAMODB_ENDPOINT=%s" .root.Values.emulators.dynamodbEndpoint) -}}
{{- $env = append $env (printf "TICKETING_SMTP_HOST=%s" .root.Values.emulators.smtpHost) -}}
{{- end -}}
{{- join "," $env -}}
{{- end -}}

{{/* The manifests of components/, as they are; only what depends on the installation is set: who is there, the callers'
     namespace, where traces go. Gives (dict "list" ...). */}}
{{- define "ticketing.manifests" -}}
{{- $here := list }}
{{- range $name, $own := .Values.services }}
{{- if (include "ticketing.service" (dict "root" $ "name" $name) | fromYaml).enabled }}
{{- $here = append $here $name }}
{{- end }}
{{- end }}
{{- $manifests := list }}
{{- range $pattern := list (printf "components/%s/*.yaml" .Values.componentSet) "components/shared/*.yaml" }}
{{- $files := $.Files.Glob $pattern }}
{{- if not $files }}
{{- fail (printf "No Dapr manifests at %s: package the chart from a checkout in which charts/ticketing/components is a link to components/." $pattern) }}
{{- end }}
{{- range $path, $bytes := $files }}
{{- $manifest := $.Files.Get $path | fromYaml }}
{{- if $manifest.scopes }}
{{- $scopes := list }}
{{- range $manifest.scopes }}
{{- if has . $here }}
{{- $scopes = append $scopes . }}
{{- end }}
{{- end }}
{{- $_ := set $manifest "scopes" $scopes }}
{{- end }}
{{- if eq $manifest.kind "Configuration" }}
{{- range $manifest.spec.accessControl.policies }}
{{- $_ := set . "namespace" $.Release.Namespace }}
{{- end }}
{{- $_ := set $manifest.spec.tracing "samplingRate" (toString $.Values.telemetry.samplingRate) }}
{{- $_ := set $manifest.spec.tracing.otel "endpointAddress" $.Values.telemetry.sidecarEndpoint }}
{{- end }}
{{- $_ := set $manifest.metadata "labels" (include "ticketing.labels" (dict "root" $ "name" $manifest.metadata.name "component" "dapr") | fromYaml) }}
{{- /* Scoped to nobody who is here would mean: to everybody. */ -}}
{{- if ternary (has $manifest.metadata.name $here) (not (empty $manifest.scopes)) (eq $manifest.kind "Configuration") }}
{{- $manifests = append $manifests $manifest }}
{{- end }}
{{- end }}
{{- end }}
{{- dict "list" $manifests | toYaml }}
{{- end -}}

{{/* Of each Ingress the controller makes target groups of their own: what must hold for one must be said for all. */}}
{{- define "ticketing.targetGroup" -}}
alb.ingress.kubernetes.io/target-type: ip
alb.ingress.kubernetes.io/healthcheck-path: /healthz/ready
alb.ingress.kubernetes.io/healthcheck-interval-seconds: "5"
alb.ingress.kubernetes.io/healthcheck-timeout-seconds: "3"
alb.ingress.kubernetes.io/healthy-threshold-count: "2"
alb.ingress.kubernetes.io/unhealthy-threshold-count: "2"
alb.ingress.kubernetes.io/success-codes: "200"
# As long as the pods' drain: a target that goes finishes what it has, and gets no more.
alb.ingress.kubernetes.io/target-group-attributes: deregistration_delay.timeout_seconds={{ .Values.defaults.shutdown.drainSeconds }},load_balancing.algorithm.type=least_outstanding_requests
{{- end -}}

{{/* Apps that host actors (workflows and activities are such): who is in the scope of an actor state store. Takes
     "manifests"; gives (dict "list" ...). */}}
{{- define "ticketing.actorHosts" -}}
{{- $hosts := list }}
{{- range .manifests }}
{{- $scopes := .scopes | default list }}
{{- if eq .kind "Component" }}
{{- range .spec.metadata }}
{{- if and (eq .name "actorStateStore") (eq (toString .value) "true") }}
{{- $hosts = concat $hosts $scopes }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- dict "list" $hosts | toYaml }}
{{- end -}}

{{/* What a sidecar reads once, at its start (hot reload is off): its Configuration and what is scoped to its app. Takes the
     scope and "manifests". */}}
{{- define "ticketing.checksum" -}}
{{- $read := list }}
{{- range .manifests }}
{{- if or (and (eq .kind "Configuration") (eq .metadata.name $.name)) (has $.name (.scopes | default list)) }}
{{- $read = append $read (dict "kind" .kind "name" .metadata.name "spec" .spec) }}
{{- end }}
{{- end }}
{{- $read | toJson | sha256sum }}
{{- end -}}

{{/* How an autoscaler goes up and down. */}}
{{- define "ticketing.scalingBehavior" -}}
scaleUp:
  # An on-sale opens in a second: double at once.
  stabilizationWindowSeconds: 0
  policies:
    - type: Percent
      value: 100
      periodSeconds: 15
scaleDown:
  stabilizationWindowSeconds: 600
  policies:
    - type: Percent
      value: 20
      periodSeconds: 60
{{- end -}}
