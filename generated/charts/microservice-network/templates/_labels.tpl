{{- define "labels" -}}
app.kubernetes.io/name: {{ .Values.service }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- /* Of what outlives the release that made it, so without the chart's version. */}}
{{- define "secret-labels" -}}
app.kubernetes.io/name: {{ .Values.service }}
app.kubernetes.io/component: secrets
app.kubernetes.io/managed-by: external-secrets
{{- end }}
