"""Fargate: the pod sizes that can be billed, what EKS adds to each, and the default vCPU quota."""

# https://docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html, read 2026-11-22:
# vCPU -> memory in GB that can go with it.
SIZES: dict[float, tuple[float, ...]] = {
    0.25: (0.5, 1, 2),
    0.5: (1, 2, 3, 4),
    1: tuple(range(2, 9)),
    2: tuple(range(4, 17)),
    4: tuple(range(8, 31)),
    8: tuple(range(16, 61, 4)),
    16: tuple(range(32, 121, 8)),
}

# EKS adds this to the memory request of each pod for kubelet, kube-proxy and containerd, then rounds up (same page).
OVERHEAD_MIB = 256

# Disk of a pod in GiB: what is included, and the most that its containers can ask for together; Fargate provisions a
# tenth and 5 GiB more than they ask for, and bills what is over the included:
# https://aws.amazon.com/blogs/containers/amazon-eks-fargate-adds-support-for-larger-ephemeral-volumes, read 2026-11-26.
FREE_STORAGE_GIB, MAX_STORAGE_GIB = 20, 175
STORAGE_PERCENT, STORAGE_GIB = 10, 5

# Quota L-3032A538 "Fargate On-Demand vCPU resource count" of a new account, shared with ECS, adjustable:
# https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html.
VCPU_QUOTA = "L-3032A538"
VCPU_DEFAULT = 6

# The longest time to end that a pod can ask for. Ours: Kubernetes sets no limit to terminationGracePeriodSeconds, and
# none is documented for Fargate with EKS, which evicts pods as their grace period says
# (https://docs.aws.amazon.com/eks/latest/userguide/fargate-pod-patching.html, read 2026-11-26); the 120 seconds that
# are often named are stopTimeout of ECS. While a pod ends, it is billed, and a destroy of its namespace waits.
MAX_STOP_SECONDS = 3600

# What a container asks for to be billed as the smallest pod.
SMALLEST = {"cpu": "250m", "memory": "256Mi"}

# Users report 60 to 90 seconds for a pod's machine (https://github.com/aws/containers-roadmap/issues/649) and 70 for an
# image of 900 MB (https://github.com/aws/containers-roadmap/issues/696); AWS promises nothing. A reserve is included.
START_SECONDS = 240

# Pods of the EKS add-ons, each on the smallest size; kube-proxy's DaemonSet gets none on Fargate.
ADDON_PODS = {"coredns": 2, "metrics-server": 2, "kube-proxy": 0}
SYSTEM_PODS = sum(ADDON_PODS.values())
SYSTEM_VCPU = 0.25

# A kube-system pod of the AWS Load Balancer Controller asks for no more either; its chart runs two.
CONTROLLER_PODS = 2

# Nor do those of External Secrets Operator: the operator, its webhook, and who renews the webhook's certificate.
EXTERNAL_SECRETS_PODS = 3

# And those of KEDA: the operator, its metrics API, and its webhook.
KEDA_PODS = 3

# Nor does the one that watches jobs.
WATCHER_PODS = 1
