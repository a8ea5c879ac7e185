#!/bin/sh
# Prints one JSON object; `parse_as_data` stores each key in machine_data.json.
set -eu
printf '{"kernel":"%s","machine":"%s","gathered":%s}\n' "$(uname -s)" "$(uname -m)" "$(date +%s)"
