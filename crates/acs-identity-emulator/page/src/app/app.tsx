import { useStore } from '../base/store';
import { secret } from '../base/session';
import { Shell } from './shell';
import { SignIn } from './sign_in';

export function App() {
  return useStore(secret) ? <Shell /> : <SignIn />;
}
