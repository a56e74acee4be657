import { status } from '../../state/connection';
import { Copy } from '../../parts/copy';
import { Card, Fact, Facts } from '../../parts/page_head';
import { durationText, Time } from '../../parts/time';
import { useStore } from '../../base/store';

/** What this emulator is. */
export function AboutCard() {
  const now = useStore(status);
  if (!now) return null;
  const running = (Date.parse(now.clock.machine) - Date.parse(now.startedAt)) / 1000;
  return (
    <Card title="This emulator">
      <Facts>
        <Fact name="Version">
          {now.version} <span class="quiet">(control API {now.controlVersion})</span>
        </Fact>
        <Fact name="Storage">
          {now.storage === 'folder' ? 'Data folder' : 'Memory'}{' '}
          <span class="quiet">{now.storage === 'folder' ? '(kept when it ends)' : '(gone when it ends)'}</span>
        </Fact>
        <Fact name="Started">
          <Time value={now.startedAt} zone />
        </Fact>
        {/* A line of its own does not wrap when it gets longer. */}
        <Fact name="Runs for">{durationText(Math.max(0, running))}</Fact>
        <Fact name="Resource id">
          <span class="fact-copy">
            <code>{now.resourceId}</code>
            <Copy text={now.resourceId} what="the resource id" />
          </span>
        </Fact>
        {now.tokenEndpoint && (
          <Fact name="Tokens for web pages">
            <span class="fact-copy">
              <code>{now.tokenEndpoint}?user=NAME</code>
              <Copy text={`${now.tokenEndpoint}?user=NAME`} what="the URL of tokens for web pages" />
            </span>
          </Fact>
        )}
      </Facts>
    </Card>
  );
}
