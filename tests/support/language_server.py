"""An editor as yaml-language-server sees it: opens texts as services.yaml, and asks for what a user sees.

It speaks LSP over stdio (https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/).
"""

import json
import queue
import re
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from modules.paths import ROOT
from tests.support import child_process
from tests.support.tool_missing import ToolMissing

SERVER = ROOT / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
NODE = ROOT / ".venv" / "bin" / "node"
SECONDS = 120
CURSOR = "|"

Message = dict[str, Any]


class LanguageServer:
    """One server, with one schema for its files. Raises queue.Empty where an answer takes longer than SECONDS."""

    def __init__(self, schema: Path) -> None:
        if not SERVER.is_file():
            raise ToolMissing("yaml-language-server is not installed: run make cdktf.")
        self._schema = schema
        self._opened = self._number = 0
        self._messages: queue.Queue[Message] = queue.Queue()
        self._process = child_process.start(
            [NODE, SERVER, "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="latin-1",  # a character a byte, since messages are counted in bytes
        )
        threading.Thread(target=self._read, daemon=True).start()
        abilities = {
            "workspace": {"configuration": True},
            "textDocument": {
                "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]},
            },
        }
        self._request("initialize", {"processId": None, "rootUri": None, "capabilities": abilities})
        self._send({"method": "initialized", "params": {}})
        self.diagnostics("services: {}\n")

    def diagnostics(self, text: str) -> list[tuple[int, str]]:
        """Line (from 1) and message of everything that is underlined."""
        self._open(text)
        found = self._wait(
            lambda message: (
                message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == self._uri
            )
        )
        return sorted((one["range"]["start"]["line"] + 1, one["message"]) for one in found["params"]["diagnostics"])

    def hover(self, text: str) -> str:
        """What is shown for the word after the cursor, `|` in the text."""
        result = self._at_cursor("textDocument/hover", text)
        return re.sub(r"\\(.)", r"\1", str(result["contents"]["value"])) if result else ""  # Markdown escapes

    def completion(self, text: str) -> dict[str, str]:
        """What is offered at the cursor, each with its description."""
        return {item["label"]: _plain(item.get("documentation", "")) for item in self._offered(text)}

    def inserted(self, text: str) -> list[tuple[str, str]]:
        """What is offered at the cursor, each with what it inserts there, as a snippet."""
        return [(item["label"], item["textEdit"]["newText"]) for item in self._offered(text)]

    def _offered(self, text: str) -> list[Message]:
        items: list[Message] = self._at_cursor("textDocument/completion", text)["items"]
        return items

    def _at_cursor(self, method: str, text: str) -> Any:
        before, _, after = text.partition(CURSOR)
        self._open(before + after)
        place = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        return self._request(method, {"textDocument": {"uri": self._uri}, "position": place})

    def _open(self, text: str) -> None:
        """A file of its own for each text: the server may check an earlier one once more, and late."""
        self._opened += 1
        document = {"uri": self._uri, "version": 1, "languageId": "yaml", "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})

    @property
    def _uri(self) -> str:
        return f"file:///services-{self._opened}.yaml"

    def _request(self, method: str, params: Any) -> Any:
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": params})
        return self._wait(lambda message: message.get("id") == number and "method" not in message)["result"]

    def _wait(self, fits: Callable[[Message], bool]) -> Message:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            message = self._messages.get(timeout=SECONDS)
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": self._settings(message)})
            elif fits(message):
                return message
        raise queue.Empty

    def _settings(self, message: Message) -> Any:
        """The answer to the server's own questions: all that it asks for are its settings."""
        if message["method"] != "workspace/configuration":
            return None
        yaml = {
            "schemas": {self._schema.as_uri(): "services-*.yaml"},
            "completion": True,
            "hover": True,
            "validate": True,
        }
        return [yaml if item["section"] == "yaml" else {} for item in message["params"]["items"]]

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message})  # ASCII, so characters are bytes
        assert self._process.stdin
        self._process.stdin.write(f"Content-Length: {len(body)}\r\n\r\n{body}")
        self._process.stdin.flush()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream
        length = 0
        while header := stream.readline():
            name, _, value = header.partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif not header.strip():
                text = stream.read(length)
                if len(text) < length:  # it was ended within a message
                    return
                self._messages.put(json.loads(text.encode("latin-1")))


def _plain(documentation: Any) -> str:
    return str(documentation["value"] if isinstance(documentation, dict) else documentation)
