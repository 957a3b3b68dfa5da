"""Which private endpoints the VPC has."""

from modules.design import external_secrets, job_watcher, keda, logins
from modules.facts import vpc
from modules.permissions import KINDS
from modules.spec.model import Spec

# What the job that makes the database users calls.
DATA_API = "rds-data"


def endpoints(spec: Spec) -> tuple[str, ...]:
    """Words of the endpoints: the declared ones, or with `auto` the architecture's and what the permissions reach."""
    words = set(spec.network.endpoints)
    if "auto" in words:
        words.update(vpc.SEED_ENDPOINTS)
        for service in spec.services.values():
            words.update(endpoint for word in service.permissions for endpoint in KINDS[word].endpoints)
            if service.owns("rds"):
                words.add(DATA_API)
            words.update(service.raw_endpoints)
            if service.secrets or logins.words(service):
                words.update(external_secrets.ENDPOINTS)
        words.update(keda.endpoints(spec))
        if job_watcher.users(spec):
            words.update(job_watcher.ENDPOINTS)
    return tuple(word for word in vpc.ENDPOINTS if word in words)
