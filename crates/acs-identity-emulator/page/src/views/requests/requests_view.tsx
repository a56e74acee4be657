import { PageHead } from '../../parts/page_head';

export function RequestsView() {
  return <PageHead title="Requests" />;
}
