"""The system as one HTML page: values that say what is on it, and templates that say how it looks."""
