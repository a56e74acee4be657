// The view of the requests of an emulator that keeps none.
import { accessible } from './support/forms.mjs';
import { see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

const { once } = suite(['--no-request-log']);

once('an emulator without a log of requests says how to turn it on', async (world) => {
  const { page, watch } = world;
  watch.expect(/409/);
  await world.signIn('requests');
  await see(page.getByText('The emulator keeps no requests'));
  await see(page.getByText('--no-request-log'));
  await accessible(page, 'the view without a log');
});
