import { PageHead } from '../../parts/page_head';

export function ClockView() {
  return <PageHead title="Clock and faults" />;
}
