"""References of images that services.yaml and the charts take, and that they don't: one list for both, since what one
takes and the other refuses fails after the plan, or can't be written at all.
"""

DIGEST = f"sha256:{'0f' * 32}"
ACCEPTED = (
    "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/user-service:v1.4",
    "localhost:5000/a__b/c.d-e:1",
    "docker.io/library/nginx:1.27",
    "hashicorp/http-echo:1.0.0",
    f"hashicorp/http-echo@{DIGEST}",
    f"hashicorp/http-echo:1.0.0@{DIGEST}",
    "ghcr.io/a/b:latest-1",
    "a/b:" + "x" * 128,
)
REFUSED = (
    "hashicorp/http-echo",
    "hashicorp/http-echo:",
    "hashicorp/http-echo:latest",
    "Example/Api:v1",
    "https://ghcr.io/a/b:1",
    "ghcr.io//b:1",
    "ghcr.io/a/b:1 ",
    "ghcr.io/a/b:1\n",
    "ghcr.io/a/b:-1",
    "ghcr.io/a/b:" + "x" * 129,
    "localhost:5000/echo",
    "echo@sha256:12",
    f"hashicorp/http-echo@{DIGEST}0",
    f"hashicorp/http-echo@{DIGEST.upper()}",
    f"hashicorp/http-echo@{DIGEST}:1.0.0",
    "hashicorp/http-echo:${TAG}",
)
# Tags of the service's own repository: what services.yaml takes beyond the charts, which are given the whole reference.
TAGS = ("v1.4", "1", f"v1.4@{DIGEST}")
