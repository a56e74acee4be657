// The clock of the service, and the faults.
import { PageHead } from '../../parts/page_head';
import '../../style/clock.css';
import '../../style/faults.css';
import { ClockCard } from './clock_card';
import { FaultForm } from './fault_form';
import { FaultList } from './fault_list';
import { useFaults } from './use_faults';

export function ClockView() {
  const faults = useFaults();
  return (
    <>
      <PageHead title="Clock and faults" />
      <div class="clock-view">
        <ClockCard />
        <FaultList faults={faults} />
        <FaultForm onAdded={faults.reload} />
      </div>
    </>
  );
}
