import { quoted } from './shell';
import { accessKey, known, lines, type Language } from './snippet';

export const curl: Language = {
  name: 'curl',
  title: 'curl',
  file: 'create-user.sh',
  comment: '#',
  program: (target) =>
    lines(
      '# Needs bash, curl and openssl. Paste it into a terminal, or: bash create-user.sh',
      known(target.before, (command) => [command]),
      `endpoint=${quoted(target.endpoint)}`,
      `key=${quoted(accessKey(target))}`,
      "path='/identities?api-version=2025-06-30'",
      'body=\'{"createTokenWithScopes":["chat"]}\'',
      '',
      "date=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')",
      'hash=$(printf %s "$body" | openssl dgst -sha256 -binary | openssl base64 -A)',
      'hexkey=$(printf %s "$key" | openssl base64 -d -A | od -An -v -tx1 | tr -d \' \\n\')',
      'signature=$(printf \'POST\\n%s\\n%s;%s;%s\' "$path" "$date" "${endpoint#*://}" "$hash" |',
      '  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$hexkey" -binary | openssl base64 -A)',
      '',
      "curl --silent --show-error --write-out '\\n' \\",
      known(target.certificate, (path) => [`  --cacert ${quoted(path)} \\`]),
      '  --header "x-ms-date: $date" \\',
      '  --header "x-ms-content-sha256: $hash" \\',
      '  --header "authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=$signature" \\',
      "  --header 'content-type: application/json' \\",
      '  --data "$body" "$endpoint$path"',
    ),
};
