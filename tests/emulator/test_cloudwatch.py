"""CloudWatch answers in CBOR whoever asks in CBOR, as Go's SDK does."""

import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer

from tests.emulator.conftest import Client
from tests.support.emulator import REGION


def test_metrics_are_told_to_whom_asks_in_cbor(client: Client, environment: dict[str, str]) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    dimensions = [{"Name": "TargetGroup", "Value": "targetgroup/shop/1"}]
    metric: dict[str, Any] = {"MetricName": "RequestCount", "Dimensions": dimensions}
    client("cloudwatch").put_metric_data(
        Namespace="Shop", MetricData=[{**metric, "Value": 7.5, "Timestamp": now - timedelta(minutes=1)}]
    )
    statistic = {"Metric": {"Namespace": "Shop", **metric}, "Period": 60, "Stat": "Sum"}
    asked = {
        "StartTime": now - timedelta(minutes=5),
        "EndTime": now,
        "MetricDataQueries": [{"Id": "q", "MetricStat": statistic}],
    }
    operation = botocore.session.get_session().get_service_model("cloudwatch").operation_model("GetMetricData")
    made = RpcV2CBORSerializer().serialize_to_request(asked, operation)
    signed = f"AWS4-HMAC-SHA256 Credential=a/20261127/{REGION}/monitoring/aws4_request, SignedHeaders=host, Signature=a"
    address = environment["AWS_ENDPOINT_URL"] + made["url_path"]
    request = urllib.request.Request(address, made["body"], {**made["headers"], "Authorization": signed})
    with urllib.request.urlopen(request, timeout=10) as answer:
        told = {"status_code": answer.status, "headers": dict(answer.headers), "body": answer.read()}
    (result,) = RpcV2CBORParser().parse(told, operation.output_shape)["MetricDataResults"]
    assert result["Values"] == [7.5]
    (moment,) = result["Timestamps"]
    assert now - timedelta(minutes=5) <= moment < now
