'use strict';

// The 50 tests that run in parallel in each runner: 30 share an emulator, ten have a clock of their own, ten have faults. What they
// need is given to them, so that each runner imports the kit and the SDK in its own way.

const assert = require('node:assert/strict');
const { appendFileSync } = require('node:fs');

/** Returns the 50 tests as pairs of a name and a function, and what other tests of the runner need. */
module.exports = ({ startEmulator, CommunicationIdentityClient }) => {
  /** Starts an emulator, and notes its address, which must be free in the end. */
  async function start() {
    const emulator = await startEmulator();
    appendFileSync(process.env.AZ_TEST_SEEN, `${emulator.endpoint}\n`);
    return emulator;
  }

  const connect = ({ connectionString, clientOptions }, more = {}) =>
    new CommunicationIdentityClient(connectionString, { ...clientOptions, ...more });

  // Jest starts tests that run in parallel before its hooks.
  let shared;
  const sharing = () => (shared ??= start());

  async function revoke() {
    const emulator = await sharing();
    const client = connect(emulator);
    const { user, token } = await client.createUserAndToken(['chat']);
    assert.equal(await emulator.isActive(token), true);
    await client.revokeTokens(user);
    assert.equal(await emulator.isActive(token), false);
    const requests = await emulator.requests({ identity: user.communicationUserId });
    assert.deepEqual(requests.map(({ operation, status }) => [operation, status]), [
      ['createIdentity', 201],
      ['revokeAccessTokens', 204],
    ]);
  }

  async function expire(year) {
    const emulator = await start();
    try {
      await emulator.clock.freeze();
      assert.deepEqual(await emulator.clock.set(new Date(`${year}-01-31T09:00:00Z`)), new Date(`${year}-01-31T09:00:00Z`));
      const { token, expiresOn } = await connect(emulator).createUserAndToken(['voip']);
      assert.deepEqual(expiresOn, new Date(`${year}-02-01T09:00:00Z`));
      assert.equal(await emulator.isActive(token), true);
      assert.deepEqual(await emulator.clock.advance('25h'), new Date(`${year}-02-01T10:00:00Z`));
      assert.equal(await emulator.isActive(token), false);
      assert.ok((await emulator.clock.reset()) < new Date(`${year}-01-01T00:00:00Z`));
      await emulator.clock.resume();
      // Others do not see this clock.
      assert.ok((await (await sharing()).clock.now()) < new Date(`${year}-01-01T00:00:00Z`));
    } finally {
      await emulator.close();
    }
  }

  async function fail(status) {
    const emulator = await start();
    try {
      const client = connect(emulator, { retryOptions: { maxRetries: 0 } });
      const fault = await emulator.faults.add({ operation: 'createIdentity', status, code: 'Busy', times: 2 });
      const other = await emulator.faults.add({ operation: 'deleteIdentity', drop: 'before' });
      await emulator.faults.delete(other);
      for (let time = 0; time < 2; time += 1) {
        await assert.rejects(client.createUser(), { statusCode: status, code: 'Busy' });
      }
      const user = await client.createUser();
      await client.deleteUser(user);
      assert.deepEqual(await emulator.faults.list(), [{ ...fault, hits: 2 }]);
      const requests = await emulator.requests();
      assert.deepEqual(requests.map((request) => request.status), [status, status, 201, 204]);
      assert.equal(requests[0].fault, fault.id);
      await emulator.reset();
      assert.deepEqual([await emulator.faults.list(), await emulator.requests()], [[], []]);
      // Others do not have these faults.
      assert.deepEqual(await (await sharing()).faults.list(), []);
    } finally {
      await emulator.close();
    }
  }

  const ten = Array.from({ length: 10 }, (_, index) => index);
  return {
    start,
    close: async () => (await sharing()).close(),
    tests: [
      ...ten.flatMap((n) => [0, 1, 2].map((m) => [`shared ${10 * m + n}`, revoke])),
      ...ten.map((n) => [`clock ${n}`, () => expire(2040 + n)]),
      ...ten.map((n) => [`fault ${n}`, () => fail(400 + n)]),
    ],
  };
};
