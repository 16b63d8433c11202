{{- define "kubedl.labels" -}}
app.kubernetes.io/name: kubedl
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "kubedl.selector" -}}
app.kubernetes.io/name: kubedl
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "kubedl.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "kubedl.name" -}}
{{ printf "%s-%s" .root.Release.Name .component | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* What every pod of the suite has in common: non-root, read-only, pods of one component on different nodes. */}}
{{- define "kubedl.podSpec" -}}
serviceAccountName: {{ include "kubedl.name" . }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  seccompProfile: { type: RuntimeDefault }
{{- with .root.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "kubedl.selector" . | nindent 8 }}
{{- end }}

{{- define "kubedl.container" -}}
image: {{ include "kubedl.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
env:
  - { name: SWIFT_BACKTRACE, value: enable=no }
  - name: POD_NAME
    valueFrom: { fieldRef: { fieldPath: metadata.name } }
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* A serving certificate of its own for each HTTPS component, signed by an authority made at install or upgrade. */}}
{{- define "kubedl.certificate" -}}
{{- $name := include "kubedl.name" . -}}
{{- $host := printf "%s.%s.svc" $name .root.Release.Namespace -}}
{{- $days := int .root.Values.certificateDays -}}
{{- $authority := genCA (printf "%s-ca" $name) $days -}}
{{- $pair := genSignedCert $host nil (list $host (printf "%s.cluster.local" $host)) $days $authority -}}
{{- dict "ca" $authority.Cert "cert" $pair.Cert "key" $pair.Key | toYaml -}}
{{- end }}

{{/* Where the API server finds the webhook: the release's own service, or webhook.external. */}}
{{- define "kubedl.clientConfig" -}}
{{- if .root.Values.webhook.external.url -}}
url: {{ trimSuffix "/" .root.Values.webhook.external.url }}{{ .path }}
{{- else -}}
service:
  namespace: {{ .root.Release.Namespace }}
  name: {{ include "kubedl.name" (dict "root" .root "component" "webhook") }}
  path: {{ .path }}
  port: 443
{{- end }}
caBundle: {{ .ca }}
{{- end }}

{{- define "kubedl.namespaceSelector" -}}
matchExpressions:
  - key: kubernetes.io/metadata.name
    operator: NotIn
    values: {{- append .Values.excludedNamespaces .Release.Namespace | uniq | toYaml | nindent 6 }}
{{- end }}
