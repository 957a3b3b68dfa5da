#!/bin/sh
# What cdktf-cli runs in terraform's place (TERRAFORM_BINARY_NAME), because of two faults of version 0.21.0: on ctrl-C it
# ends at once, and the terminal that closes with it hangs up on a terraform that has yet to write its state; and it takes
# a terraform that a signal has killed for a success. So: no hang-up, a file named after the process id of a terraform at
# work, a shell's exit code.
case $1 in apply | destroy) ;; *) exec terraform "$@" ;; esac
trap '' HUP
trap : INT TERM
sh -c ': >"$TERRAFORM_AT_WORK/$$"; exec terraform "$@"' terraform "$@"
code=$?
rm -f "$TERRAFORM_AT_WORK"/*
exit $code
