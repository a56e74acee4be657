// The token that the view Tokens looks into. It is in the memory of the tab only, and goes with the sign-in.
import { secret } from '../base/session';
import { createStore } from '../base/store';

export const pastedToken = createStore('');

secret.subscribe(() => {
  if (!secret.get()) pastedToken.set('');
});
