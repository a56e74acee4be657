// A new token: to copy, or to look into. It is never in a URL.
import type { ComponentChildren } from 'preact';
import { linkTo } from '../state/router';
import { pastedToken } from '../state/pasted_token';
import { Copy } from './copy';
import '../style/token_box.css';
import { Code } from './page_head';

interface Props {
  token: string;
  /** "access token". */
  what: string;
  /** What is said about it. */
  children?: ComponentChildren;
  /** Called when the user looks into it. */
  onLook?: () => void;
}

export function TokenBox({ token, what, children, onLook }: Props) {
  const look = () => {
    pastedToken.set(token);
    onLook?.();
  };
  return (
    <div class="token-box" role="group" aria-label={`New ${what}`}>
      <Code label={`Text of the ${what}`}>{token}</Code>
      <div class="row">
        <Copy text={token} what={`the ${what}`} />
        <a href={linkTo('tokens')} onClick={look}>
          Look into it
        </a>
        {children && <span class="quiet">{children}</span>}
      </div>
    </div>
  );
}
