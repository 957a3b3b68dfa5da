"""The tests here import cdktf and jsii themselves: what changes them has to come before."""

from modules import bindings

bindings.install()
