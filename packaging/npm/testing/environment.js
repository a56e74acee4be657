'use strict';

/** Returns the variables by which an app in a process of its own finds and trusts the emulator. */
function environment(ready, connectionString) {
  const others = process.env.NO_PROXY ?? process.env.no_proxy;
  const direct = [others, 'localhost'].filter((hosts) => hosts).join(',');
  return {
    AZURE_COMMUNICATION_CONNECTION_STRING: connectionString,
    AZURE_COMMUNICATION_ENDPOINT: ready.endpoint,
    // Node.js adds this certificate to its own. The bundle has those of this machine, too.
    NODE_EXTRA_CA_CERTS: ready.caCertificate,
    REQUESTS_CA_BUNDLE: ready.caBundle,
    SSL_CERT_FILE: ready.caBundle,
    NO_PROXY: direct,
    no_proxy: direct,
  };
}

module.exports = { environment };
