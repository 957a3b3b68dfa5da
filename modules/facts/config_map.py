"""How much text a ConfigMap and a Helm release hold."""

# Kubernetes' limit of a ConfigMap, and of the Secret in which Helm keeps a release:
# https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-immutable ("cannot exceed 1 MiB"), and
# https://helm.sh/docs/topics/advanced/#storage-backends.
MAX_BYTES = 1024 * 1024
# Helm keeps a text twice, in the values and in the manifest, compressed and then in base64, which adds a third; text
# that does not compress fits in with the chart.
MAX_TEXT_BYTES = MAX_BYTES // 4
