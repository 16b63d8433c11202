{{- define "kubedl.labels" -}}
app.kubernetes.io/name: kubedl
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
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
{{- with .root.Values.priorityClassName }}
priorityClassName: {{ . }}
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

{{/*
A serving certificate of its own for each HTTPS component, signed by an authority made with it.

The one in the cluster is kept until two thirds of its time are over. The upgrade that replaces it puts the old authority
beside the new one into caBundle, so that the old certificate is trusted until every pod serves the new one.
`cabundle` is what clients trust, the rest goes into the Secret.
*/}}
{{- define "kubedl.certificate" -}}
{{- $name := include "kubedl.name" . -}}
{{- $host := printf "%s.%s.svc" $name .root.Release.Namespace -}}
{{- $days := int .root.Values.certificateDays -}}
{{- $now := now | unixEpoch | int64 -}}
{{- $old := (lookup "v1" "Secret" .root.Release.Namespace (printf "%s-tls" $name)) | default dict -}}
{{- $data := $old.data | default dict -}}
{{- $annotations := (dig "metadata" "annotations" dict $old) | default dict -}}
{{- $renewal := index $annotations "kubedl.io/renew-after" | default "0" | int64 -}}
{{- $isComplete := and (index $data "ca.crt") (index $data "tls.crt") (index $data "tls.key") -}}
{{- if and $isComplete (lt $now $renewal) -}}
{{- $authority := index $data "ca.crt" | b64dec -}}
{{- dict "ca" $authority "cabundle" $authority "cert" (index $data "tls.crt" | b64dec) "key" (index $data "tls.key" | b64dec) "renewal" (toString $renewal) | toYaml -}}
{{- else -}}
{{- $authority := genCA (printf "%s-ca" $name) $days -}}
{{- $pair := genSignedCert $host nil (list $host (printf "%s.cluster.local" $host)) $days $authority -}}
{{- $bundle := printf "%s%s" $authority.Cert (index $data "ca.crt" | default "" | b64dec) -}}
{{- $renewal := add $now (mul $days 57600) -}}
{{- dict "ca" $authority.Cert "cabundle" $bundle "cert" $pair.Cert "key" $pair.Key "renewal" (toString $renewal) | toYaml -}}
{{- end -}}
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
{{- with .ca }}
caBundle: {{ . }}
{{- end }}
{{- end }}

{{- define "kubedl.namespaceSelector" -}}
matchExpressions:
  - key: kubernetes.io/metadata.name
    operator: NotIn
    values: {{- append .Values.excludedNamespaces .Release.Namespace | uniq | toYaml | nindent 6 }}
{{- end }}

{{/*
The annotations and labels by which a pod asks for us, as a condition in CEL; those of other schedulers' PodGroups where
the configuration says podGroups.
*/}}
{{- define "kubedl.podMarks" -}}
{{- $annotations := list "kubedl.io/network-mode" "kubedl.io/git-sync-config" "kubedl.io/file-sync" "kubedl.io/defaults" -}}
{{- $labels := list "kubedl.io/gang-name" -}}
{{- $parts := prepend (values (.Values.configuration.namespaces | default dict)) (.Values.configuration.defaults | default dict) -}}
{{- $follows := false -}}
{{- range $parts -}}
{{- if dig "pods" "podGroups" false . }}{{ $follows = true }}{{ end -}}
{{- end -}}
{{- if $follows -}}
{{- $annotations = concat $annotations (list "scheduling.k8s.io/group-name" "scheduling.volcano.sh/group-name") -}}
{{- $labels = append $labels "scheduling.x-k8s.io/pod-group" -}}
{{- end -}}
(has(object.metadata.annotations) && ['{{ join "', '" $annotations }}'].exists(mark, mark in object.metadata.annotations)) || (has(object.metadata.labels) && ['{{ join "', '" $labels }}'].exists(mark, mark in object.metadata.labels))
{{- end }}

{{/* Rules of webhooks for every kind of ours. */}}
{{- define "kubedl.objectRules" -}}
- apiGroups: [training.kubedl.io]
  apiVersions: [v1alpha1]
  operations: [CREATE, UPDATE]
  resources: [tfjobs, pytorchjobs, mpijobs, xgboostjobs, xdljobs, marsjobs, elasticdljobs]
  scope: Namespaced
{{- range $group, $resources := dict "inference" "elasticbatchjobs" "model" "models, modelversions" "serving" "inferences" "apps" "crons" "notebook" "notebooks" "cache" "cachebackends" }}
- { apiGroups: [{{ $group }}.kubedl.io], apiVersions: [v1alpha1], operations: [CREATE, UPDATE], resources: [{{ $resources }}], scope: Namespaced }
{{- end }}
{{- end }}
