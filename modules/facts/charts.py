"""Helm: the charts of operators that others publish, and the images that are not a service's own."""

from typing import NamedTuple


class Chart(NamedTuple):
    """A published chart; `archive` is its address in the repository, `sha256` what the repository's index says."""

    name: str
    repository: str
    version: str
    archive: str
    sha256: str

    @property
    def file(self) -> str:
        """Its name in a folder."""
        return f"{self.name}-{self.version}.tgz"


# https://github.com/kubernetes-sigs/aws-load-balancer-controller/releases/tag/v3.5.0 of 2026-08-03, the newest whose
# chart could be read. Compared on 2026-11-26: the seven CRDs of the chart, those of https://github.com/aws/eks-charts
# (5239609) and those of config/crd/ in the controller's repository at v3.5.0 are equal. Compare again before it is
# raised: 3.7.0 changes both sets, and asks for ec2:ValidateSecurityGroupQuotasForInterface where it makes load
# balancers, as it does not here
# (https://newreleases.io/project/github/kubernetes-sigs/aws-load-balancer-controller/release/v3.7.0).
# Helm installs the CRDs of a chart and never upgrades them: docs/fargate.md says how, and the changelog says so with a
# new version.
#
# Looked for again on 2026-11-26: in what can be read of both repositories (the last commit is of 2026-08-20), no branch
# and no pull request has a later chart than 3.5.0; 3.6.0 is only named by its users.
# The digest: index.yaml of the branch gh-pages (c7f9ea5), read 2026-11-27.
CONTROLLER = Chart(
    "aws-load-balancer-controller",
    "https://aws.github.io/eks-charts",
    "3.5.0",
    "https://aws.github.io/eks-charts/aws-load-balancer-controller-3.5.0.tgz",
    "45051f634b33e10baccb3354d0681b7de787c60445e599fa276e0c9aedd4ccd5",
)

# With the digest of its index of linux/amd64 and linux/arm64: five public repositories pin it, and one notes that the
# registry answered so on 2026-09-01; read 2026-11-26.
CONTROLLER_IMAGE = (
    "public.ecr.aws/eks/aws-load-balancer-controller:v3.5.0"
    "@sha256:298acdff5a571731276aaea3d5cc450a264e4ad710a5bddf3e518f68a3f9f6cb"
)

# https://github.com/external-secrets/external-secrets/releases/tag/helm-chart-2.9.0 of 2026-08-08, the newest whose
# chart could be read (commit cc5bfbc); 2.10.0 and 2.11.0 are named by their users. Of its program no later version than
# 0.16.2 can be built from the module proxy. Read 2026-11-26.
# The digest: index.yaml of the branch gh-pages, read 2026-11-27.
EXTERNAL_SECRETS = Chart(
    "external-secrets",
    "https://charts.external-secrets.io",
    "2.9.0",
    "https://github.com/external-secrets/external-secrets/releases/download/helm-chart-2.9.0/external-secrets-2.9.0.tgz",
    "da2d5c126a103b4c1b16a9dc1c168c4332a3687144e88ac070e594f81a0b6578",
)

# With the digest that one public repository lists for it (of v2.10.0 six do: sha256:814117b0…); read 2026-11-26.
# To compare: crane digest ghcr.io/external-secrets/external-secrets:v2.9.0
EXTERNAL_SECRETS_IMAGE = (
    "ghcr.io/external-secrets/external-secrets:v2.9.0"
    "@sha256:44eb290f1c7f5d8f4eec2168cea4a6cfbc72a955c6781eb835e1c40700475dbd"
)

# https://github.com/kedacore/charts (1444d00 of 2026-08-13), the newest whose chart could be read; 2.21.0 is named by
# its users. Its program is built from the module proxy for tests. Read 2026-11-26.
# The digest: docs/index.yaml of the same commit, and of the archive that lies beside it; read 2026-11-27.
KEDA = Chart(
    "keda",
    "https://kedacore.github.io/charts",
    "2.20.2",
    "https://kedacore.github.io/charts/keda-2.20.2.tgz",
    "db60b1fa60f0565fefa4ce2f87e855b6a8854363ee82962fbe28a12a70d64c4c",
)

# Each with the digest of its index of linux/amd64 and linux/arm64, which one public repository lists with both; read
# 2026-11-26. To compare: crane digest ghcr.io/kedacore/keda:2.20.2
KEDA_OPERATOR_IMAGE = (
    "ghcr.io/kedacore/keda:2.20.2@sha256:fe74c7b8849586a67ad2201bcb89e7f5ac221ff90399ecaa8fd28427f1ef11e6"
)
KEDA_ADAPTER_IMAGE = (
    "ghcr.io/kedacore/keda-metrics-apiserver:2.20.2"
    "@sha256:27286536a8a775aeeee37a7e343f8ecebb27ebf680ee1181a4f99e82eefb253b"
)
KEDA_WEBHOOKS_IMAGE = (
    "ghcr.io/kedacore/keda-admission-webhooks:2.20.2"
    "@sha256:41f74102aba7959c6e8d08b433ab8a5fd6cae7c5646c78f7fe3de40a52df3439"
)

# Both by digest, as public repositories pin them, and of the first as clusters on amd64 report it; read 2026-11-26.

# Answers 200 on every path, from an image of 5 MB without a shell: https://github.com/hashicorp/http-echo.
PLACEHOLDER = (
    "docker.io/hashicorp/http-echo:1.0.0@sha256:fcb75f691c8b0414d670ae570240cbf95502cc18a9ba57e982ecac589760a186"
)

# https://gallery.ecr.aws/aws-cli/aws-cli, read 2026-11-22.
AWS_CLI = (
    "public.ecr.aws/aws-cli/aws-cli:2.36.49@sha256:f42bf088cb1456ba9e179ce71fdeb22cc46ff64ea1e3aeae8251ff81391f5bb1"
)

# Seconds for the platform's releases: the controller's two pods are replaced one after the other, the database job has
# ten minutes, and bindings wait for the controller. For services' pods modules/design/rollout.py counts.
TIMEOUT_SECONDS = 900
