"""The codes that `accept:` takes, each with what its warning is about; the warnings themselves are in checks."""

WARNING_CODES = {
    "unknown-region": "The region is not in the list of regions with EKS: a typing mistake, or a new region.",
    "unknown-zone": "A zone is not among those that the region offers: a typing mistake, or a zone of older accounts.",
    "region-lacks-service": "AWS's documentation does not list a service that this system uses for the region.",
    "elastic-ip-quota": "The NAT gateways need more Elastic IP addresses than a new account has.",
    "eks-version-support": "The Kubernetes version leaves standard or extended support soon, or already has.",
    "fargate-profile-quota": "The services need more Fargate profiles than a new cluster has.",
    "fargate-vcpu-quota": "During a deployment, the pods need more Fargate vCPU than a new account has.",
    "nat-traffic": "Traffic to an AWS service leaves through the NAT gateways, because it has no private endpoint.",
    "http-only": "The load balancer has no certificate and serves plain HTTP.",
    "private-api": "The Kubernetes API is reachable from the VPC only, so deployments must run inside it.",
    "public-api": "The Kubernetes API is reachable from the whole internet.",
    "public-image": "An image from a public registry lets the service's pods connect to the internet by HTTPS.",
    "privilege-escalation": "A statement under `statements:` allows more than the service's own resources.",
    "pod-security": "A service's pods run as root, or listen below port 1024, which is not proven on Fargate.",
    "listener-rules": "Paths and hosts need more listener rules than a new load balancer has.",
    "listener-certificates": "The hosts need more certificates than a new load balancer has.",
    "security-group-rules": "A security group is close to its quota of rules.",
    "local-state": "The Terraform states are in files of one machine, from which nobody else can deploy.",
    "unused-resource": "Aurora, Redis or the load balancer is billed, and no service uses it.",
    "shared-log-group": "There are too many services for a log group each, so all pods write to one.",
}
