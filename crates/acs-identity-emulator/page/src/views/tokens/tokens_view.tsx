import { PageHead } from '../../parts/page_head';

export function TokensView() {
  return <PageHead title="Tokens" />;
}
