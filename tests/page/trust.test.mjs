// The view Start: which clients trust the certificate, and what makes them trust it.
import assert from 'node:assert/strict';
import { Emulator } from './support/emulator.mjs';
import { accessible } from './support/forms.mjs';
import { copied, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';
import { Terminal } from './support/terminal.mjs';

const { once, byBothHands, byMouse } = suite();

const row = (page, name) =>
  page.locator('.client').filter({ has: page.getByRole('heading', { name, exact: true }) });
const refusals = (page) => page.locator('.refusals');

/** Copies the command for a client. */
async function copy({ page, hand }, client) {
  await hand.press(page.getByRole('button', { name: `Copy the command for ${client}`, exact: true }));
  await see(page.getByText(`Copied the command for ${client}`));
  return copied(page);
}

/** How clients call the emulator. Each prints the status of the answer, or fails. */
const CLIENTS = [
  { name: 'curl', words: (url) => ['curl', '-sS', '-o', 'answer', '-w', '%{http_code}', url] },
  {
    name: 'Node.js',
    words: (url) => [process.execPath, '-e', `fetch('${url}').then((answer) => console.log(answer.status))`],
  },
  {
    name: 'Python',
    words: (url) => [
      process.env.AZ_TEST_PYTHON,
      '-c',
      `import requests; print(requests.get("${url}").status_code)`,
    ],
  },
];

const quoted = (words) => words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');

for (const { name, words } of CLIENTS) {
  const declare = name === 'curl' ? byBothHands : byMouse;
  declare(`the command for ${name} makes it trust the certificate`, async (world) => {
    const { page } = world;
    const terminal = await Terminal.open();
    // Each test has an emulator that no client has called.
    const other = await Emulator.start();
    try {
      world.watch.allow(other.origin);
      await world.signIn('start', page, other);
      await see(page.getByText('No client has refused the certificate since the start.'));
      await see(row(page, name).getByText('has not called'));
      const call = words(`${other.ready.endpoint}/health`);
      const refused = await terminal.run(call);
      assert.notEqual(refused.code, 0, refused.stdout);
      await see(refusals(page).getByText(/A client refused the certificate at/));
      await see(row(page, name).getByText('has not called'));
      const command = await copy(world, name);
      const trusted = await terminal.run(['bash', '-c', `${command}\n${quoted(call)}`]);
      assert.equal(trusted.stdout.trim(), '200', trusted.stderr);
      await see(row(page, name).getByText('trusts it'));
      await see(row(page, name).getByText(/last seen \d{4}-/));
      // The page asks no more when its emulator has ended.
      await page.goto('about:blank');
    } finally {
      await Promise.all([terminal.close(), other.end()]);
    }
  });
}

once('the command for Java makes it trust the certificate', async (world) => {
  const { emulator, page } = world;
  const terminal = await Terminal.open();
  try {
    await world.signIn();
    const command = await copy(world, 'Java');
    // A command that makes a trust store comes with the options that name it.
    const words = await row(page, 'Java').innerText();
    const options = /start Java with (.*)\.$/m.exec(words)?.[1] ?? '';
    const program = `import java.net.URI;
      import java.net.http.*;
      public class Call {
        public static void main(String[] args) throws Exception {
          var request = HttpRequest.newBuilder(URI.create("${emulator.ready.endpoint}/health")).build();
          System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
        }
      }`;
    const file = await terminal.save('Call.java', program);
    const { stdout, stderr } = await terminal.run(['bash', '-c', `${command} && java ${options} '${file}'`]);
    assert.match(stdout, /^200$/m, stderr);
    await see(row(page, 'Java').getByText('trusts it'));
  } finally {
    await terminal.close();
  }
});

once('what to do depends on the certificate that clients see', async (world) => {
  const { emulator, page } = world;
  const trust = await emulator.control('GET', 'trust');
  const own = { role: 'server', isOwn: true, names: ['localhost'], subject: 'CN=localhost', sha256: '00' };
  const files = { certificate: '/a b/ca.pem', bundle: "/it's/bundle.pem", javaTrustStore: '/a b/java.jks' };
  const javaOptions =
    '-Djavax.net.ssl.trustStore="/a b/java.jks" -Djavax.net.ssl.trustStoreType=JKS ' +
    '-Djavax.net.ssl.trustStorePassword=changeit';
  const windows = { certificate: 'C:\\acs\\ca.pem', bundle: 'C:\\acs\\bundle.pem' };
  const unknown = { certificate: null, bundle: null, javaTrustStore: null };
  const command = `eval "$(az communication emulator env --endpoint ${emulator.ready.endpoint})"`;
  for (const [changes, certificates, words] of [
    [files, [], ["export REQUESTS_CA_BUNDLE='/it'\\''s/bundle.pem'", `export JAVA_TOOL_OPTIONS='${javaOptions}'`]],
    [windows, [], ["$env:NODE_EXTRA_CA_CERTS = 'C:\\acs\\ca.pem'"]],
    [unknown, [], [command]],
    [
      { publicUrl: 'https://acs.example' },
      [],
      ['Clients see the certificate of the proxy at https://acs.example.'],
    ],
    [{}, [own], ['Clients see your own certificate.']],
  ]) {
    await page.route('**/emulator/trust', (route) => route.fulfill({ json: { ...trust, ...changes } }));
    await page.route('**/emulator/certificates', (route) => route.fulfill({ json: { value: certificates } }));
    await world.signIn();
    await page.reload();
    for (const text of words) await see(page.getByText(text, { exact: true }));
    const isOwn = !('certificate' in changes);
    assert.equal((await page.getByText(/^export |^\$env:|^eval |^keytool /).count()) > 0, !isOwn);
    await page.unrouteAll();
  }
});

once('hostile texts of clients are shown as text', async (world) => {
  const { emulator, page } = world;
  const hostile = `<img src=x onerror=alert(1)>\u202e\u0000${'x'.repeat(10_000)}`;
  const time = '2030-01-31T09:00:00.0000000Z';
  const trust = {
    ...(await emulator.control('GET', 'trust')),
    clients: ['python', 'other'].map((client) => ({ client, lastSeen: time, userAgent: hostile })),
    refused: [1, 2].map(() => ({ time, peer: hostile, reason: hostile })),
  };
  await page.route('**/emulator/trust', (route) => route.fulfill({ json: trust }));
  await world.signIn();
  for (const place of [row(page, 'Python'), row(page, 'Others'), refusals(page)]) {
    await see(place.getByText(/<img src=x onerror=alert\(1\)>\\u\{202e\}\\u\{0\}x/).first());
  }
  await page.locator('summary').click();
  const main = page.locator('main');
  assert.equal(await main.locator('img').count(), 0);
  assert.doesNotMatch(await main.evaluate((part) => part.textContent), /[\u202e\u0000]|x{1000}/);
  await accessible(page, 'the view Start with hostile clients');
});
