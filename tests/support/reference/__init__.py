"""The generated parts of docs/reference/, written by `make golden`."""
