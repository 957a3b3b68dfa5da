{{- /* What the pod security level `restricted` asks for, and a user for images that name none. */}}
{{- define "pod-security" -}}
runAsNonRoot: {{ ne (int64 .Values.user) 0 }}
runAsUser: {{ int64 .Values.user }}
runAsGroup: {{ int64 .Values.user }}
# The token of the service account's role belongs to this group.
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- with .Values.unprivilegedPortStart }}
# Of the pod's own network, and among those that level `restricted` allows.
sysctls:
  - name: net.ipv4.ip_unprivileged_port_start
    value: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "container-security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
{{- if ne (int64 .Values.user) 0 }}
capabilities:
  drop: [ALL]
{{- end }}
{{- end }}
