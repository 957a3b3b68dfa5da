"""Reads a YAML file into a document; what an earlier run read of the same text is not read again."""

import marshal
from hashlib import sha256
from pathlib import Path as File

from modules import bounded_file, kept
from modules.spec import text_file, yaml_ahead
from modules.spec.document import Document, Reader
from modules.spec.problem import Problem

MAX_BYTES = 1024 * 1024


def read(file: File, reader: Reader | None = None) -> Document:
    """Reads `file`. What makes it unreadable becomes a problem of the document, never an exception.

    `reader` reads the files that it names; without it, they are beside it.
    """
    document = Document(file.name, reader=reader or text_file.beside(file.parent))
    try:
        data = bounded_file.read(file, MAX_BYTES)
        document.digest = sha256(data).hexdigest()
        fill(data, document)
    except OSError as error:
        reason = error.strerror or str(error)
        document.problems.append(
            Problem((), f"{file} can't be read: {reason}.", "Name a file of services with --file PATH, or create it.")
        )
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        document.problems.append(Problem((), "The file is not UTF-8 text.", "Save it as UTF-8.", line=line))
    except ValueError as error:
        document.problems.append(Problem((), str(error), "Is this the right file?"))
    return document


def fill(data: bytes, document: Document) -> None:
    """Fills `document` from YAML 1.2; raises UnicodeDecodeError where that is not UTF-8."""
    found = kept.find("documents", data)
    if not found:
        if not (found := yaml_ahead.take(data)):
            from modules.spec import yaml_text  # ruamel.yaml takes as long to import as all of the model

            yaml_text.parse(data.decode("utf-8"), document)
            if document.problems:
                return
            found = yaml_text.dumped(document)
        kept.keep("documents", data, found)
    document.values, document.lines, document.texts = marshal.loads(found)
