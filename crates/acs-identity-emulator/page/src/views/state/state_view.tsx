// What the emulator holds, as a whole: its keys, its certificates, and files with its state.
import { PageHead } from '../../parts/page_head';
import '../../style/state.css';
import { CertificatesCard } from './certificates_card';
import { ExportCard } from './export_card';
import { ImportCard } from './import_card';
import { KeysCard } from './keys_card';
import { ResetCard } from './reset_card';

export function StateView() {
  return (
    <>
      <PageHead title="State" />
      <div class="state-view">
        <div class="state-column of-two">
          <KeysCard />
          <CertificatesCard />
        </div>
        <div class="state-column">
          <ExportCard />
          <ImportCard />
          <ResetCard />
        </div>
      </div>
    </>
  );
}
