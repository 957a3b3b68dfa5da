"""Text that would run, or break a page, if it were not escaped; in every place of services.yaml that takes any text."""

from tests.support.random_specs import System

TEXTS = (
    "<script>document.title='run'</script>",
    "</script><script>document.title='run'</script>",
    "</style><script>document.title='run'</script>",
    "<img src=x onerror=\"document.title='run'\">",
    "\"><svg onload=document.title='run'>",
    "' autofocus onfocus='document.title=1' x='",
    "]]><b>bold</b>--><!--",
    "{{ 7 * 7 }}{% raw %}${7 * 7}",
    "javascript:document.title='run'",
    "&lt;i&gt; `code` & \u202e",
)


def hostile() -> System:
    """Where a text can't be of this kind, since a pattern refuses it, there is none."""
    return {
        "project": "shop",
        "region": "eu-west-1",
        "services": {
            "web": {
                "path": ["/", "/a-_.~@+"],
                "command": list(TEXTS),
                "args": list(TEXTS),
                "health": {"path": "/ok", "command": list(TEXTS)},
                "env": {f"TEXT_{number}": text for number, text in enumerate(TEXTS)},
                "statements": {
                    "Any": {
                        "actions": ["ssm:GetParameter"],
                        "resources": ["*", *(f"arn:aws:ssm:eu-west-1:111122223333:parameter/{text}" for text in TEXTS)],
                        "reason": TEXTS[0],
                        "conditions": {"StringEquals": {f"aws:ResourceTag/{TEXTS[0]}": list(TEXTS)}},
                    },
                },
            }
        },
    }
