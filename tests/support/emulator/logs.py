"""CloudWatch Logs: a log group's tags go with it, so that one that is made again has none.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html; moto keeps them.
"""

from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse

from .extension import extend


class Backend(LogsBackend):
    def delete_log_group(self, log_group_name: str) -> None:
        group = self.groups.get(log_group_name)
        super().delete_log_group(log_group_name)
        if group:
            self.tagger.delete_all_tags_for_resource(group.arn)


def install() -> None:
    extend("logs", LogsResponse, Backend)
