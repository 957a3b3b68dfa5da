{{- /* What the pod security level `restricted` asks for, and a user for images that name none. */}}
{{- define "pod-security" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
# The token of the service account's role belongs to this group.
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "container-security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
