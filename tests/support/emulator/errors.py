"""Errors of AWS by their code; moto gives each the HTTP status that AWS's model of the service states."""

from moto.core.exceptions import ServiceException


def error(code: str) -> type[ServiceException]:
    return type(code, (ServiceException,), {"code": code})
