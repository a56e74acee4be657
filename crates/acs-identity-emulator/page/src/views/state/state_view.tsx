import { PageHead } from '../../parts/page_head';

export function StateView() {
  return <PageHead title="State" />;
}
