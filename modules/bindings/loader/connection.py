"""The socket to jsii's program: reads while it writes, so that small buffers block nobody, and waits a bounded time."""

import select
import socket


class AnswerTimeoutError(Exception):
    """The other end has neither read nor written anything for the whole time."""


class Connection:
    """A file to write to and to read lines from."""

    def __init__(self, end: socket.socket, seconds: float) -> None:
        """`seconds` is the time to wait, each time, until the other end does something."""
        end.setblocking(False)
        self._end = end
        self._seconds = seconds
        self._received = bytearray()
        self._at_end = False
        self.closed = False

    def write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[self._end.send(left) :]
            except BlockingIOError:
                self._wait(writing=True)
            except ConnectionError:  # what it said before it went is still to be read
                return

    def flush(self) -> None:
        """Nothing is kept back; jsii calls this after each request."""

    def readline(self) -> bytes:
        """The next line; without a line end, or empty, where the other end has closed."""
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0 and not self._at_end:
            searched = len(self._received)
            if not self._receive():
                self._wait(writing=False)
        length = end + 1 if end >= 0 else len(self._received)
        line = bytes(self._received[:length])
        del self._received[:length]
        return line

    def no_more_requests(self) -> None:
        """The other end reads an end of file, as its sign to exit."""
        try:
            self._end.shutdown(socket.SHUT_WR)
        except OSError:  # it is gone already
            self._at_end = True

    def close(self) -> None:
        self.closed = True
        self._end.close()

    def _receive(self) -> bool:
        """Takes what has come; False where nothing has."""
        try:
            data = self._end.recv(1 << 18)
        except BlockingIOError:
            return False
        except ConnectionError:
            data = b""
        self._received += data
        self._at_end = not data
        return True

    def _wait(self, *, writing: bool) -> None:
        # poll, because select can't wait for file descriptors above 1023.
        poll = select.poll()
        poll.register(self._end, (0 if self._at_end else select.POLLIN) | (select.POLLOUT if writing else 0))
        ready = poll.poll(self._seconds * 1000)
        if not ready:
            raise AnswerTimeoutError(f"no answer within {self._seconds:g} seconds")
        if ready[0][1] & select.POLLIN and writing:
            self._receive()
