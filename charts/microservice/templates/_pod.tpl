{{- /* What pods of all kinds have: those that run all the time, and those of jobs. */}}
{{- define "pod-annotations" -}}
{{- with .Values.annotations }}
{{ toYaml . }}
{{- end }}
# Security groups are given to a pod when it starts, so a change needs new pods.
checksum/security-groups: {{ .Values.securityGroups | sortAlpha | toJson | sha256sum }}
{{- end }}

{{- define "pod" -}}
serviceAccountName: {{ .Values.serviceAccount }}
# The pod calls AWS, not Kubernetes; the token for AWS is mounted beside this one.
automountServiceAccountToken: false
# Variables of Services (<SERVICE>_PORT=tcp://…) would be among those of `env`.
enableServiceLinks: false
dnsConfig:
  options:
    # With Kubernetes' 5, a name such as sqs.eu-west-1.amazonaws.com is first asked for in each search domain.
    - {name: ndots, value: "2"}
securityContext:
  {{- include "pod-security" . | nindent 2 }}
{{- with .Values.pullSecret }}
imagePullSecrets:
  - name: {{ . }}
{{- end }}
{{- $copies := false }}
{{- range .Values.writable }}
{{- if .copied }}
{{- $copies = true }}
{{- end }}
{{- end }}
{{- if or $copies .Values.init }}
initContainers:
{{- end }}
{{- range $index, $folder := .Values.writable }}
{{- if .copied }}
  - name: copy-{{ $index }}
    image: {{ $.Values.image }}
    command: [cp, -R, {{ printf "%s/." .path | quote }}, /copy]
    resources:
      requests: &copy-size-{{ $index }}
        cpu: {{ $.Values.cpu | quote }}
        memory: {{ $.Values.memory }}
      limits: *copy-size-{{ $index }}
    securityContext:
      {{- include "container-security" $ | nindent 6 }}
    volumeMounts:
      - name: writable-{{ $index }}
        mountPath: /copy
{{- end }}
{{- end }}
{{- range .Values.init }}
  {{- include "further-container" (dict "container" . "root" $) | nindent 2 }}
{{- end }}
volumes:
  {{- include "volumes" . | nindent 2 }}
{{- end }}

{{- /* A container of the service's own image, with its environment: `program` has its name, command, args and size. */}}
{{- define "program" -}}
{{- $names := list }}
{{- $secrets := .root.Values.secrets | default dict }}
{{- range .root.Values.env }}
{{- $names = append $names .name }}
{{- end }}
name: {{ .program.name }}
image: {{ .root.Values.image }}
{{- with .program.command }}
command:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .program.args }}
args:
  {{- toYaml . | nindent 2 }}
{{- end }}
env:
  {{- if not (or (has "HOME" $names) (has "HOME" ($secrets.variables | default list))) }}
  # The user has no home in most images, and the root that it would then be given is read-only.
  - name: HOME
    value: /tmp
  {{- end }}
  {{- range $secrets.variables }}
  - name: {{ . | quote }}
    valueFrom:
      secretKeyRef:
        name: {{ $secrets.name }}
        key: {{ . | quote }}
  {{- end }}
  # Here and not in a ConfigMap: pods of an older revision keep their own when they restart.
  {{- with .root.Values.env }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
resources:
  # Fargate's pods are alone on their machine: one that may use more than it asks for can't.
  requests: &size
    cpu: {{ .program.cpu | quote }}
    memory: {{ .program.memory }}
    {{- with .root.Values.storage }}
    ephemeral-storage: {{ . }}Gi
    {{- end }}
  limits: *size
securityContext:
  {{- include "container-security" .root | nindent 2 }}
volumeMounts:
  {{- include "mounts" .root | nindent 2 }}
{{- end }}
