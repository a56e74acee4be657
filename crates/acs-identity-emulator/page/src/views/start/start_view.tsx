import { PageHead } from '../../parts/page_head';

export function StartView() {
  return <PageHead title="Start" />;
}
