"""Ports of well-known protocols, and the kubelet's."""

# https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.xhtml
HTTP = 80
HTTPS = 443
DNS = 53

# On Fargate the kubelet shares the pod's address: https://docs.aws.amazon.com/eks/latest/userguide/metrics-server.html.
KUBELET = 10250

# Webhooks of External Secrets Operator and of KEDA; what comes from the control plane goes to the cluster's security
# group, which admits it.
OPERATOR_WEBHOOK = 9443

# KEDA's metrics API, which the control plane asks: https://keda.sh/docs/2.20/operate/cluster/, read 2026-11-26.
KEDA_METRICS = 6443

# Every port that a container can listen on, as ranges: all but the kubelet's.
POD_PORTS = ((1, KUBELET - 1), (KUBELET + 1, 65535))
