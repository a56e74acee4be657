import { render } from 'preact';
import { App } from './app/app';
import { signInByCode } from './app/sign_in';
import { connect } from './state/connection';
import { watchHand } from './app/hand';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/parts.css';
import './style/fields.css';
import './style/dialogs.css';
import './style/tables.css';

const place = document.getElementById('page');
if (place) {
  watchHand();
  // A link of the program has a code in its fragment.
  window.addEventListener('hashchange', () => void signInByCode());
  void signInByCode().then(connect);
  render(<App />, place);
}
