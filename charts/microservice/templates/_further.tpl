{{- /* With `sleep`, a container is told to end so many seconds after its pod was. With `start`, the kubelet waits so many
seconds before it says how the pod's containers are: one that has ended by then was never ready. It starts containers one
after the other, so that only the last one has it. */}}
{{- define "lifecycle" -}}
{{- with .start }}
postStart:
  sleep:
    seconds: {{ . }}
{{- end }}
{{- with .sleep }}
preStop:
  sleep:
    seconds: {{ . }}
{{- end }}
{{- end }}

{{- /* A container besides the service's own. With `sleep`, it stays as long as the service's own does when the pod goes. */}}
{{- define "further-container" -}}
{{- $names := list }}
{{- range .container.env }}
{{- $names = append $names .name }}
{{- end }}
- name: {{ .container.name }}
  image: {{ .container.image }}
  {{- with .container.command }}
  command:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .container.args }}
  args:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  env:
    {{- if not (has "HOME" $names) }}
    - name: HOME
      value: /tmp
    {{- end }}
    {{- if .container.secrets }}
    {{- range .root.Values.secrets.variables }}
    - name: {{ . | quote }}
      valueFrom:
        secretKeyRef:
          name: {{ $.root.Values.secrets.name }}
          key: {{ . | quote }}
    {{- end }}
    {{- end }}
    {{- with .container.env }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  resources:
    requests: &size-of-{{ .container.name }}
      cpu: {{ .container.cpu | quote }}
      memory: {{ .container.memory }}
    limits: *size-of-{{ .container.name }}
  securityContext:
    {{- include "container-security" .root | nindent 4 }}
  {{- if or .sleep .start }}
  lifecycle:
    {{- include "lifecycle" (dict "sleep" .sleep "start" .start) | trim | nindent 4 }}
  {{- end }}
  volumeMounts:
    {{- include "mounts" .root | nindent 4 }}
{{- end }}
