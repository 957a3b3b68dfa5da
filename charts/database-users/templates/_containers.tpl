{{- /* Makes the users and schemas. */}}
{{- define "users-container" -}}
- name: database-users
  image: {{ .Values.image }}
  terminationMessagePolicy: FallbackToLogsOnError
  command:
    - /bin/sh
    - -c
    - |
      {{- .Files.Get "files/execute-statements.sh" | trim | nindent 6 }}
    - execute-statements
  args:
    {{- include "statements" . | nindent 4 }}
  env:
    {{- include "environment" . | nindent 4 }}
  {{- include "container-rest" . | nindent 2 }}
{{- end }}

{{- /* Sets the passwords of services that log in with one; the image has Python, as its package manager needs it. */}}
{{- define "passwords-container" -}}
- name: passwords
  image: {{ .Values.image }}
  terminationMessagePolicy: FallbackToLogsOnError
  command:
    - /usr/bin/python3
    - -c
    - |
      {{- .Files.Get "files/set-passwords.py" | trim | nindent 6 }}
  env:
    {{- include "environment" . | nindent 4 }}
    - name: LOGINS
      value: {{ .Values.logins | toJson | quote }}
  {{- include "container-rest" . | nindent 2 }}
{{- end }}

{{- define "environment" -}}
- name: HOME
  value: /tmp
- name: AWS_REGION
  value: {{ .Values.region | quote }}
{{- if .Values.clusterArn }}
- name: CLUSTER_ARN
  value: {{ .Values.clusterArn | quote }}
- name: SECRET_ARN
  value: {{ .Values.secretArn | quote }}
- name: DATABASE
  value: {{ .Values.database | quote }}
{{- end }}
{{- end }}

{{- define "container-rest" -}}
resources:
  requests: {cpu: 250m, memory: 256Mi}
  limits: {cpu: 250m, memory: 256Mi}
securityContext:
  {{- include "container-security" . | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
{{- end }}
