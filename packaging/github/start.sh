#!/usr/bin/env bash
# Starts the emulator in the background, and sets the variables of its clients for the following steps.
#
# Called by action.yml. The emulator stops when the job ends. Settings are variables (docs/emulator/options.md).
set -euo pipefail

folder=$RUNNER_TEMP/az-communication
mkdir -p "$folder"
ready=$folder/ready.json
place=(--in-memory)
[ -z "${INPUT_DATA_DIR:-}" ] || place=(--data-dir "$INPUT_DATA_DIR")
# An empty input counts as not given.
[ -n "${AZURE_COMMUNICATION_EMULATOR_HOSTNAME:-}" ] || unset AZURE_COMMUNICATION_EMULATOR_HOSTNAME
# A runner masks single lines, and base64 often has two. So the key is joined to one line.
key=$(printf '%s' "${INPUT_ACCESS_KEY:-}" | tr -d '[:space:]')
if [ -n "$key" ]; then
    echo "::add-mask::$key"
    export AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY=$key
fi

case $RUNNER_TEMP${INPUT_DATA_DIR:-} in
    *[\"\\]*) echo "::error::Folders with a quotation mark or a backslash in their names cannot be handed to later steps." >&2; exit 1 ;;
esac

# Only the ready file has the whole ready line if the key is not the well-known one.
az-communication emulator start --detach "${place[@]}" \
    --ready-file "$ready" --pid-file "$folder/emulator.pid" --log-file "$folder/emulator.log" > /dev/null

# Prints a member of the ready line. The check above ensures that no member has an escape.
member() {
    sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$ready"
}

endpoint=$(member endpoint)
certificate=$(member caCertificate)
bundle=$(member caBundle)
{
    echo "AZURE_COMMUNICATION_CONNECTION_STRING=$(member connectionString)"
    echo "AZURE_COMMUNICATION_ENDPOINT=$endpoint"
    # Python, OpenSSL and Go, curl; then Node.js.
    echo "REQUESTS_CA_BUNDLE=$bundle"
    echo "SSL_CERT_FILE=$bundle"
    echo "CURL_CA_BUNDLE=$bundle"
    echo "NODE_EXTRA_CA_CERTS=$certificate"
} >> "$GITHUB_ENV"
{
    echo "endpoint=$endpoint"
    echo "ca-certificate=$certificate"
} >> "$GITHUB_OUTPUT"
echo "The emulator is ready at $endpoint. Its log: $folder/emulator.log"
