"""Tells CloudWatch, every minute, how the jobs of $NAMESPACES are: what their runs came to, and whether one is late.

All of it is read from Kubernetes each time, which keeps the last runs of each job; nothing is kept here. A minute in
which something can't be read has no count of jobs, and an alarm tells of such minutes.
"""

import json
import os
import ssl
import subprocess
import time
import urllib.request
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

SECONDS = 20  # for an answer
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html: values in one call.
MOST = 1000
MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
FIELDS = ((0, 59, ()), (0, 23, ()), (1, 31, ()), (1, 12, MONTHS), (0, 6, DAYS))
# The longest way to a 29th of February, over a year such as 2100.
MOST_DAYS = 8 * 366


class Refused(Exception):
    """What AWS answered instead."""


def listed(kind, namespace):
    """The objects of a kind; the token is read each time, since Kubernetes replaces it."""
    with open(f"{os.environ['ACCOUNT']}/token", encoding="utf-8") as file:
        token = file.read().strip()
    server = f"{os.environ['KUBERNETES_SERVICE_HOST']}:{os.environ['KUBERNETES_SERVICE_PORT']}"
    path = f"https://{server}/apis/batch/v1/namespaces/{namespace}/{kind}"
    trusted = ssl.create_default_context(cafile=f"{os.environ['ACCOUNT']}/ca.crt")
    asked = urllib.request.Request(path, headers={"Authorization": f"Bearer {token}"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted))
    with opener.open(asked, timeout=SECONDS) as answer:
        return json.load(answer)["items"]


def numbers(text, first, last, words):
    """What a field of a schedule stands for, and whether it is any day, as robfig/cron 3.0.1 reads it."""
    found, is_any = set(), False
    for item in text.upper().split(","):
        span, _, step = item.partition("/")
        start, _, end = span.partition("-")
        if start in ("*", "?"):
            low, high = first, last
            is_any = is_any or int(step or 1) == 1
        else:
            low = words.index(start) + first if start in words else int(start)
            high = words.index(end) + first if end in words else int(end) if end else last if step else low
        found.update(range(low, high + 1, int(step or 1)))
    return found, is_any


def next_time(schedule, zone, since):
    """When a job runs for the first time after this time; None where it never does."""
    fields = MACROS.get(schedule, schedule).split()
    parts = [numbers(text, *field) for text, field in zip(fields, FIELDS)]
    (minutes, _), (hours, _), (days, any_day), (months, _), (weekdays, any_weekday) = parts
    # Where both are given, either will do.
    both = all if any_day or any_weekday else any
    day = since.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    for _ in range(MOST_DAYS):
        if day.month in months and both((day.day in days, day.isoweekday() % 7 in weekdays)):
            times = (day.replace(hour=hour, minute=minute) for hour in hours for minute in minutes)
            found = [moment for one in times for moment in moments(one, zone) if moment > since]
            if found:
                return min(found)
        day += timedelta(days=1)
    return None


def moments(local, zone):
    """One, two where clocks are set back, none where they are set forward."""
    for fold in (0, 1):
        moment = local.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc)
        if moment.astimezone(zone).replace(tzinfo=None) == local:
            yield moment


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def ended(run, kind):
    """When a run succeeded (Complete) or failed (Failed)."""
    for one in run.get("status", {}).get("conditions", ()):
        if one["type"] == kind and one["status"] == "True":
            return moment(one["lastTransitionTime"])
    return None


def latest(moments):
    return max((one for one in moments if one), default=None)


def since(job, runs):
    """From when on a run is waited for: the last one, or since the job is as it is."""
    meta, status = job["metadata"], job.get("status", {})
    changes = [one["time"] for one in meta.get("managedFields", ()) if not one.get("subresource") and one.get("time")]
    started = [run["metadata"]["creationTimestamp"] for run in runs]
    given = [status.get("lastScheduleTime"), meta["creationTimestamp"], *changes, *started]
    return latest(moment(text) for text in given if text)


def seconds_late(job, runs, now):
    """How long ago its next run should have started; 0 while it waits for the one before, or is suspended."""
    spec, active = job["spec"], job.get("status", {}).get("active")
    if spec.get("suspend") or (active and spec["concurrencyPolicy"] == "Forbid"):
        return 0
    zone = spec.get("timeZone", "Etc/UTC")
    due = next_time(spec["schedule"], timezone.utc if zone == "Etc/UTC" else ZoneInfo(zone), since(job, runs))
    return max(0, (now - due).total_seconds()) if due else 0


def of_job(job, runs, now):
    """Its metrics, each with its name; last the one that needs data of time zones, which this image may lack."""
    success = latest([ended(run, "Complete") for run in runs])
    if known := job.get("status", {}).get("lastSuccessfulTime"):
        success = latest([success, moment(known)])
    failure = latest([ended(run, "Failed") for run in runs])
    yield "Failed", int(bool(failure and (success is None or failure > success)))
    for name, time_of in (("SecondsSinceSuccess", success), ("SecondsSinceFailure", failure)):
        if time_of:
            yield name, max(0, (now - time_of).total_seconds())
    yield "SecondsLate", seconds_late(job, runs, now)


def owned(run, job):
    return job["metadata"]["uid"] in [one["uid"] for one in run["metadata"].get("ownerReferences", ())]


def values_of(namespace, job, runs, now):
    """A namespace has the name of its service."""
    dimensions = [{"Name": "Service", "Value": namespace}, {"Name": "Job", "Value": job["metadata"]["name"]}]
    for name, value in of_job(job, runs, now):
        unit = "Count" if name == "Failed" else "Seconds"
        yield {"MetricName": name, "Dimensions": dimensions, "Value": value, "Unit": unit}


def put(values):
    """By the AWS CLI, which reads them from its standard input."""
    command = ["aws", "cloudwatch", "put-metric-data", "--output", "json", "--cli-input-json", "file:///dev/stdin"]
    for begin in range(0, len(values), MOST):
        given = {"Namespace": os.environ["METRICS_NAMESPACE"], "MetricData": values[begin : begin + MOST]}
        try:
            done = subprocess.run(
                command, input=json.dumps(given).encode(), capture_output=True, check=False, timeout=2 * SECONDS
            )
        except subprocess.TimeoutExpired:
            raise Refused(f"no answer within {2 * SECONDS} s") from None
        if done.returncode:
            raise Refused(done.stderr.decode().strip())


def look():
    """One look at all jobs; what went wrong. Where something did, the count of jobs is left out."""
    now, values, count, wrong = datetime.now(timezone.utc), [], 0, []
    for namespace in os.environ["NAMESPACES"].split():
        try:
            jobs, runs = listed("cronjobs", namespace), listed("jobs", namespace)
        except (OSError, ValueError) as problem:
            wrong.append(f"The jobs of {namespace} can't be read: {problem!r}")
            continue
        for job in jobs:
            try:
                for value in values_of(namespace, job, [run for run in runs if owned(run, job)], now):
                    values.append(value)  # what comes before a problem is told
                count += 1
            except (KeyError, ValueError) as problem:
                wrong.append(f"Job {job['metadata']['name']} of {namespace} can't be read: {problem!r}")
    if not wrong:
        values.append({"MetricName": "Jobs", "Value": count, "Unit": "Count"})
    try:
        put(values)
    except Refused as answer:
        wrong.append(f"CloudWatch refused the metrics: {answer}")
    return wrong


def main():
    while True:
        begun = time.monotonic()
        for line in look():
            print(line, flush=True)
        time.sleep(max(0, float(os.environ["EVERY_SECONDS"]) - (time.monotonic() - begun)))


if __name__ == "__main__":
    main()
