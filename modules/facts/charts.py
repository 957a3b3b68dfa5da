"""Helm: the chart of the AWS Load Balancer Controller, and the images that are not a service's own."""

from typing import NamedTuple


class Chart(NamedTuple):
    """A published chart."""

    name: str
    repository: str
    version: str


# https://github.com/kubernetes-sigs/aws-load-balancer-controller/releases/tag/v3.5.0, read 2026-11-22. Helm installs
# the CRDs of a chart and never upgrades them: docs/fargate.md says how, and the changelog says so with a new version.
CONTROLLER = Chart("aws-load-balancer-controller", "https://aws.github.io/eks-charts", "3.5.0")

# Answers 200 on every path, from an image of 5 MB without a shell: https://github.com/hashicorp/http-echo.
PLACEHOLDER = "docker.io/hashicorp/http-echo:1.0.0"

# https://gallery.ecr.aws/aws-cli/aws-cli, read 2026-11-22.
AWS_CLI = "public.ecr.aws/aws-cli/aws-cli:2.36.49"

# Seconds for the platform's releases: the controller's two pods are replaced one after the other, the database job has
# ten minutes, and bindings wait for the controller. For services' pods modules/design/rollout.py counts.
TIMEOUT_SECONDS = 900
