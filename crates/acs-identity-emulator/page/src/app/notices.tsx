// The messages of state/notices.ts, in a corner of the page.
import { useStore } from '../base/store';
import { dismiss, notices } from '../state/notices';

export function Notices() {
  const list = useStore(notices);
  return (
    <div class="notices" role="status" aria-live="polite">
      {list.map((notice) => (
        <div key={notice.id} class={`notice ${notice.kind}`}>
          <span>{notice.words}</span>
          <button type="button" class="close" aria-label="Close this message" onClick={() => dismiss(notice.id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
