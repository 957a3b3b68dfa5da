{{- /* What each access allows, besides what the one before it does. No rule is for Secrets before `deploy`. */}}
{{- define "view" -}}
- apiGroups: [""]
  resources: [configmaps, endpoints, events, pods, pods/log, serviceaccounts, services]
  verbs: &read [get, list, watch]
- apiGroups: [apps]
  resources: [deployments, deployments/scale, replicasets]
  verbs: *read
- apiGroups: [batch]
  resources: [cronjobs, jobs]
  verbs: *read
- apiGroups: [autoscaling, discovery.k8s.io, events.k8s.io, metrics.k8s.io, policy]
  resources: [endpointslices, events, horizontalpodautoscalers, poddisruptionbudgets, pods]
  verbs: *read
- apiGroups: [elbv2.k8s.aws, external-secrets.io, keda.sh, vpcresources.k8s.aws]
  resources: [externalsecrets, scaledobjects, secretstores, securitygrouppolicies, targetgroupbindings]
  verbs: *read
{{- end }}

{{- define "edit" -}}
# kubectl asks for a stream by GET or by POST.
- apiGroups: [""]
  resources: [pods/attach, pods/exec, pods/portforward]
  verbs: [create, get]
- apiGroups: [""]
  resources: [pods]
  verbs: [delete]
- apiGroups: [""]
  resources: [pods/eviction]
  verbs: [create]
- apiGroups: [apps]
  resources: [deployments, deployments/scale]
  verbs: [patch, update]
# One-off commands are Jobs, made and removed.
- apiGroups: [batch]
  resources: [jobs]
  verbs: [create, delete]
{{- end }}

{{- define "deploy" -}}
# Helm keeps each release in a Secret.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, watch, create, delete, patch, update]
- apiGroups: [""]
  resources: [configmaps, services]
  verbs: &write [create, delete, patch, update]
- apiGroups: [apps]
  resources: [deployments]
  verbs: *write
- apiGroups: [batch]
  resources: [cronjobs, jobs]
  verbs: *write
- apiGroups: [autoscaling, policy]
  resources: [horizontalpodautoscalers, poddisruptionbudgets]
  verbs: *write
- apiGroups: [elbv2.k8s.aws, external-secrets.io, keda.sh]
  resources: [externalsecrets, scaledobjects, secretstores, targetgroupbindings]
  verbs: *write
- apiGroups: [vpcresources.k8s.aws]
  resources: [securitygrouppolicies]
  verbs: [create]
# Its own, and not the one of security-groups.yaml, which holds for all pods of the namespace.
- apiGroups: [vpcresources.k8s.aws]
  resources: [securitygrouppolicies]
  resourceNames:
    {{- range .Values.bounds }}
    - {{ .namespace }}
    {{- end }}
  verbs: [delete, patch, update]
{{- end }}
