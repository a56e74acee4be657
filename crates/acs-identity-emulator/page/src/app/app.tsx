import { useKeptFocus } from '../state/use_kept_focus';
import { useStore } from '../state/store';
import { secret } from './session';
import { Shell } from './shell';
import { SignIn } from './sign_in';

export function App() {
  const isSignedIn = useStore(secret) !== undefined;
  // The button that signed in or out goes.
  useKeptFocus(() => document.querySelector('main'));
  return isSignedIn ? <Shell /> : <SignIn />;
}
