#!/usr/bin/env bash
# Starts the emulator in the background, and hands what its clients need to the steps that follow.
#
# Called by action.yml. The emulator ends with the job. Settings are variables: AZURE_COMMUNICATION_EMULATOR_… (docs/emulator.md).
set -euo pipefail

folder=$RUNNER_TEMP/az-communication
mkdir -p "$folder"
ready=$folder/ready.json
place=(--in-memory)
[ -z "${INPUT_DATA_DIR:-}" ] || place=(--data-dir "$INPUT_DATA_DIR")
# An empty input is one that was not given.
[ -n "${AZURE_COMMUNICATION_EMULATOR_HOSTNAME:-}" ] || unset AZURE_COMMUNICATION_EMULATOR_HOSTNAME
# As one line, because a runner masks lines: base64 often comes in two.
key=$(printf '%s' "${INPUT_ACCESS_KEY:-}" | tr -d '[:space:]')
if [ -n "$key" ]; then
    echo "::add-mask::$key"
    export AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY=$key
fi

case $RUNNER_TEMP${INPUT_DATA_DIR:-} in
    *[\"\\]*) echo "::error::Folders with a quotation mark or a backslash in their names cannot be handed to later steps." >&2; exit 1 ;;
esac

# The ready line goes to the ready file, which alone has a key that is not the well-known one.
az-communication emulator start --detach "${place[@]}" \
    --ready-file "$ready" --pid-file "$folder/emulator.pid" --log-file "$folder/emulator.log" > /dev/null

# A member of the ready line, of which none has an escape then.
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
