"""What stands in the way of a command: where, what, and the next step."""


class CommandError(Exception):
    def __init__(self, where: str, what: str, next_step: str) -> None:
        super().__init__(f"{where}\n  {what}\n  {next_step}")
        self.where, self.what, self.next_step = where, what, next_step
