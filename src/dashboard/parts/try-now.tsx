import { useState } from 'preact/hooks';
import { phasesText } from '../model/endpoints.ts';
import { useModel, useRole } from '../model/hooks.ts';
import type { Tried } from '../wire/endpoints.ts';
import { countText } from '../words/numbers.ts';
import { Glyph } from './glyph.tsx';
import { Panel } from './panel.tsx';
import { SeenList } from './seen-list.tsx';

/** Looks at an endpoint from the hub, at once, and shows what that came to; it counts for nothing. `path` is the endpoint's. */
export function TryNow({ path }: { readonly path: string }) {
  const { http, say } = useModel();
  const canWrite = useRole('write');
  const [isLooking, setLooking] = useState(false);
  const [tried, setTried] = useState<Tried | null>(null);
  if (!canWrite) return null;
  const look = async () => {
    setLooking(true);
    const answer = await http.change('POST', `${path}/try`, {});
    setLooking(false);
    if (answer.kind === 'value') setTried(answer.value as Tried);
    else say({ text: `Not looked. ${answer.kind === 'failed' ? answer.failure.text : ''}`, isError: true });
  };
  const button = (
    <button type="button" class="btn sm" disabled={isLooking} onClick={() => void look()}>
      {isLooking ? 'Looking…' : 'Try now'}
    </button>
  );
  return (
    <Panel title="From this hub, now" side={button}>
      {tried === null ? (
        <p class="more t3">One look, which counts for nothing.</p>
      ) : (
        <div class="more" role="status">
          <p class={`with-glyph s-${tried.success ? 'ok' : 'crit'}`}>
            <Glyph badness={tried.success ? 'ok' : 'critical'} size={14} />
            {tried.success ? 'up' : 'down'} in {countText(Math.round(tried.timings.total_ms))} ms
          </p>
          <p class="t2">{phasesText(tried.timings)}</p>
          <SeenList conditions={tried.conditions} errors={tried.error === null ? [] : [tried.error]} />
        </div>
      )}
    </Panel>
  );
}
