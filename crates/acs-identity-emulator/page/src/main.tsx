import { render } from 'preact';
import { App } from './app/app';
import { connect } from './app/connection';
import { watchHand } from './app/hand';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/parts.css';
import './style/tables.css';

const place = document.getElementById('page');
if (place) {
  watchHand();
  void connect();
  render(<App />, place);
}
