"""The glyphs of the SVG's icons: paths on a field of 24 by 24, drawn as white lines. They are ours, not AWS's."""

_CYLINDER = "M6 7c0-3 12-3 12 0v10c0 3-12 3-12 0zM6 7c0 3 12 3 12 0"
_SHIELD = "M12 4l7 2.5v5c0 4.5-3 7-7 8.5-4-1.5-7-4-7-8.5v-5z"
_RING = "M12 5a7 7 0 1 0 .01 0z"

GLYPHS = {
    "s3": "M5 7h14l-2 12H7zM5 7c0-2.5 14-2.5 14 0",
    "rds": f"{_CYLINDER}M6 12c0 3 12 3 12 0",
    "redis": "M12 4l8 3.5-8 3.5-8-3.500zM4 12l8 3.5 8-3.500M4 16l8 3.5 8-3.5",
    "secrets": "M6 11h12v8H6zM9 11V8a3 3 0 0 1 6 0v3M12 14v2",
    "sqs": "M4 8h4v8H4zM10 8h4v8h-4zM16 12h5M18.5 9.500l2.5 2.5-2.5 2.5",
    "sns": "M4 12h6M10 12l6-6h4M10 12h10M10 12l6 6h4",
    "dynamodb": "M5 5h14v14H5zM5 10h14M5 14.500h14M11 5v14",
    "kms": "M8 8.500a3.5 3.5 0 1 0 .01 0zM11.5 12H20v3.500M16.5 12v2.5",
    "cloudwatch": "M4 19h16M4 19V5M7 15l4-5 3 3 5-7",
    "ses": "M4 6.500h16v11H4zM4 7l8 6 8-6",
    "athena": "M10.5 5a5.5 5.5 0 1 0 .01 0zM14.5 14.500L20 20",
    "glue": "M4 6h6v5H4zM14 13h6v5h-6zM10 8.500h4a3 3 0 0 1 3 3V13M14 15.500h-4a3 3 0 0 1-3-3V11",
    "redshift": "M5 19V10h3v9zM10.5 19V5h3v14zM16 19v-7h3v7z",
    "iam": "M4 6h16v12H4zM9 9a2 2 0 1 0 .01 0zM6.5 16c0-3.5 5-3.5 5 0M14 10.500h4M14 13.500h4",
    "eks": "M12 4l7 4v8l-7 4-7-4V8zM10 8.500v7M14.5 8.500L10.5 12l4 3.5",
    "fargate": "M12 4l7 4v8l-7 4-7-4V8zM5 8l7 4 7-4M12 12v8",
    "ecr": "M5 9h14v10H5zM8 9V5h8v4M9 13h6",
    "waf": f"{_SHIELD}M9 12l2.5 2.500L15.5 9.5",
    "certificate": f"{_SHIELD}M12 9v6M9 12h6",
    "dns": f"{_RING}M5 12h14M12 5c-4 3-4 11 0 14M12 5c4 3 4 11 0 14",
    "load-balancer": "M4 12h6M10 6v12M10 6h7M10 12h9M10 18h7M15 4l2 2-2 2M17 10l2 2-2 2M15 16l2 2-2 2",
    "internet-gateway": "M6 19V11a6 6 0 0 1 12 0v8zM10 19v-7a2 2 0 0 1 4 0v7",
    "nat-gateway": "M5 5h14v14H5zM8 12h8M13 9l3 3-3 3",
    "endpoints": "M5 12h5M14 12h5M12 9.500a2.5 2.5 0 1 0 .01 0zM5 9v6M19 9v6",
    "users": "M9 5a3 3 0 1 0 .01 0zM3.5 19c0-8 11-8 11 0M16.5 8a2.5 2.5 0 1 0 .01 0zM16.5 14.500q4 0 4 4.5",
    "cloud": "M7.5 17.500a4 4 0 0 1 0-8 5 5 0 0 1 9.5 1 3.5 3.5 0 0 1 0 7z",
    "region": "M6 20V4M6 5h11l-2.5 3.500L17 12H6",
    "vpc": f"{_SHIELD}M8.5 14a2 2 0 0 1 0-4 3 3 0 0 1 5.5 0 2 2 0 0 1 1 4z",
    "public": "M6 11h12v8H6zM9 11V8a3 3 0 0 1 6-1",
    "private": "M6 11h12v8H6zM9 11V8a3 3 0 0 1 6 0v3",
}
PLAIN = "M5 8l7-4 7 4v8l-7 4-7-4zM5 8l7 4 7-4M12 12v8"
"""Of a word under `aws:` that has no glyph yet."""
