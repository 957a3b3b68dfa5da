"""Names of the shapes of diagrams.net's library aws4: a name that it does not have is drawn as an empty box.

Each was found in its stencils (https://github.com/jgraph/drawio, src/main/webapp/stencils/aws4.xml of version 12.8.3, where
a space stands for each `_`) and in the importer of version 25.0.2 (src/main/webapp/js/extensions.min.js), read 2026-11-26:
names of both are drawn by every version in use. Colours and kinds are those of
src/main/webapp/js/diagramly/sidebar/Sidebar-AWS4.js at commit 0031495.
"""  # noqa: E501

from typing import Literal, NamedTuple

Category = Literal["compute", "storage", "database", "network", "integration", "security", "general"]


class Shape(NamedTuple):
    """A shape: its name in the library, AWS's category, and whether it is a white glyph on a square of its colour."""

    name: str
    category: Category
    is_square: bool = True


LIBRARY = "mxgraph.aws4"
COLOURS: dict[Category, str] = {
    "compute": "#ED7100",
    "storage": "#7AA116",
    "database": "#C925D1",
    "network": "#8C4FFF",
    "integration": "#E7157B",
    "security": "#DD344C",
    "general": "#232F3D",
}

# Key of an icon -> its shape. The first thirteen are the words under `aws:`.
SHAPES = {
    "s3": Shape("s3", "storage"),
    "rds": Shape("aurora", "database"),
    "redis": Shape("elasticache", "database"),
    "secrets": Shape("secrets_manager", "security"),
    "sqs": Shape("sqs", "integration"),
    "sns": Shape("sns", "integration"),
    "dynamodb": Shape("dynamodb", "database"),
    "kms": Shape("key_management_service", "security"),
    "cloudwatch": Shape("cloudwatch", "integration"),
    "ses": Shape("simple_email_service", "security"),
    "athena": Shape("athena", "network"),
    "glue": Shape("glue", "network"),
    "redshift": Shape("redshift", "network"),
    "iam": Shape("identity_and_access_management", "security"),
    "eks": Shape("eks", "compute"),
    "fargate": Shape("fargate", "compute"),
    "ecr": Shape("ecr", "compute"),
    "waf": Shape("waf", "security"),
    "certificate": Shape("certificate_manager_3", "security"),
    "dns": Shape("route_53", "network"),
    "load-balancer": Shape("application_load_balancer", "network", is_square=False),
    "internet-gateway": Shape("internet_gateway", "network", is_square=False),
    "nat-gateway": Shape("nat_gateway", "network", is_square=False),
    "endpoints": Shape("endpoints", "network", is_square=False),
    "users": Shape("users", "general", is_square=False),
}
# Look of a container -> the icon in its corner.
GROUPS = {
    "cloud": "group_aws_cloud_alt",
    "region": "group_region",
    "vpc": "group_vpc",
    "public": "group_security_group",
    "private": "group_security_group",
}
