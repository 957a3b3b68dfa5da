"""Whether SES may send mail to everybody: an account begins in the sandbox."""

from collections.abc import Iterator

from modules.doctor.finding import Finding, notice, ok
from modules.doctor.subject import Subject


def mail(subject: Subject) -> Iterator[Finding]:
    """Whether the account is out of the sandbox, and may send; only for a system that sends mail."""
    region = subject.account.region
    if not any(service.owns("ses") for service in subject.spec.services.values()):
        yield ok("the system sends none")
        return
    account = subject.account.ask("sesv2", "get_account")
    if not account.get("SendingEnabled", True):
        yield notice(f"SES has paused sending for this account in {region}.", "Open a support case with AWS.")
    if account.get("ProductionAccessEnabled"):
        yield ok(f"the account is out of the SES sandbox in {region}")
        return
    what = f"The account is in the SES sandbox in {region}: mail reaches only addresses and domains confirmed there."
    ask = f"https://{region}.console.aws.amazon.com/ses/home?region={region}#/account"
    confirm = f"aws sesv2 create-email-identity --region {region} --email-identity <address>"
    yield notice(what, f"Ask for production access ({ask}), or confirm each recipient: {confirm}.")
