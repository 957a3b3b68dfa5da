"""Facts that others own (AWS, Kubernetes, the providers), each with its source and the day it was read.

A fact that AWS may extend is a warning where it is checked; only what can never work is a mistake.
"""
