"""The system as a picture: boxes and edges in places that follow from services.yaml, as drawio, SVG and PNG."""
