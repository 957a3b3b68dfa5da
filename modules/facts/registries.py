"""Container registries: the S3 buckets from which pods read layers of images, through the VPC's endpoint of S3."""

# ECR hands out URLs into it, signed by an account of its own:
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms, read 2026-11-26.
ECR_LAYERS = "prod-{region}-starport-layer-bucket"

# Of registry.k8s.io and quay.io, which keep layers in S3 for everybody; a bucket of another region than the endpoint's
# is reached through NAT. Read 2026-11-26:
# https://github.com/kubernetes/registry.k8s.io/blob/main/cmd/archeio/internal/app/buckets.go and
# https://docs.openshift.com/container-platform/4.17/installing/install_config/configuring-firewall.html.
PUBLIC_LAYERS = ("prod-registry-k8s-io-{region}", "quayio-production-s3")
