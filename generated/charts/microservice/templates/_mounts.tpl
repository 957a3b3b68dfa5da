{{- /* What every container of the pod finds mounted: the one place for it, with "volumes" below. */}}
{{- define "mounts" -}}
- name: tmp
  mountPath: /tmp
{{- range $index, $folder := .Values.writable }}
- name: writable-{{ $index }}
  mountPath: {{ .path }}
{{- end }}
{{- range $index, $file := .Values.files }}
- name: files
  mountPath: {{ .path }}
  # Of the file alone, so that its folder keeps what the image has there.
  subPath: file-{{ $index }}
  readOnly: true
{{- end }}
{{- range (.Values.secrets | default dict).files }}
- name: secrets
  mountPath: {{ .path }}
  subPath: {{ .key }}
  readOnly: true
{{- end }}
{{- end }}

{{- define "volumes" -}}
- name: tmp
  emptyDir: {}
{{- range $index, $folder := .Values.writable }}
- name: writable-{{ $index }}
  emptyDir: {}
{{- end }}
{{- if .Values.files }}
- name: files
  configMap:
    name: {{ .FilesName | default (include "files-name" .) }}
{{- end }}
{{- with (.Values.secrets | default dict) }}
{{- if .files }}
- name: secrets
  secret:
    secretName: {{ .name }}
    # For the container's user by its group; Kubernetes makes fsGroup the owner.
    defaultMode: 0440
    items:
      {{- range .files }}
      - key: {{ .key }}
        path: {{ .key }}
      {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "files" -}}
{{- range $index, $file := .Values.files }}
file-{{ $index }}: {{ .text | toJson }}
{{- end }}
{{- end }}

{{- /* Named by its content: pods of an older revision keep theirs, and another text is a rollout. */}}
{{- define "files-name" -}}
{{ .Values.service }}-files-{{ .Values.files | toJson | sha256sum | trunc 10 }}
{{- end }}
