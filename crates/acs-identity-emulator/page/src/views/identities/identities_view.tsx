import { PageHead } from '../../parts/page_head';

export function IdentitiesView() {
  return <PageHead title="Identities" />;
}
