{{- define "selector" -}}
app.kubernetes.io/name: {{ .Values.service }}
app.kubernetes.io/component: server
{{- end }}

{{- /* Without the chart's version, which must not roll pods that stay the same. */}}
{{- define "pod-labels" -}}
app.kubernetes.io/name: {{ .Values.service }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "labels" -}}
{{ include "pod-labels" . }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}
