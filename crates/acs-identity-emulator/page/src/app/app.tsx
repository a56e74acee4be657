import { useStore } from '../state/store';
import { secret } from './session';
import { Shell } from './shell';
import { SignIn } from './sign_in';

export function App() {
  return useStore(secret) ? <Shell /> : <SignIn />;
}
