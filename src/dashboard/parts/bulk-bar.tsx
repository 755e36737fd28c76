import { useState } from 'preact/hooks';
import { acknowledgeAll } from '../model/actions.ts';
import type { AlertRow } from '../model/alert-row.ts';
import { useModel } from '../model/hooks.ts';
import { commonMatchers } from '../model/matchers.ts';
import { countOf, countText } from '../words/numbers.ts';
import { Dialog } from './dialog.tsx';
import { SilenceDialog } from './silence-dialog.tsx';

const ASKED_ABOVE = 50;

/** What can be done to the rows that are selected. */
export function BulkBar({ chosen, count, total, isAll, rest, onAll, onClear, work }: BulkBarProps) {
  const model = useModel();
  const [dialog, setDialog] = useState<'silence' | 'acknowledge' | null>(null);
  const [isWorking, setWorking] = useState(false);
  const rows = chosen();
  const incidents = new Set(rows.flatMap(({ incidentId }) => incidentId ?? []));
  const acknowledge = async () => {
    setDialog(null);
    setWorking(true);
    const ids = isAll ? await rest() : [...incidents];
    const done = await acknowledgeAll(model, ids);
    setWorking(false);
    const missed = new Set(ids).size - done;
    model.say({
      text:
        missed === 0
          ? `Acknowledged ${countOf(done, 'incident')}`
          : `Acknowledged ${done} of ${countOf(done + missed, 'incident')}. ${missed} could not be: open them to see why.`,
      isError: missed > 0,
    });
    if (missed === 0) onClear();
  };
  work.current = {
    acknowledge: () => (count > ASKED_ABOVE ? setDialog('acknowledge') : void acknowledge()),
    silence: () => setDialog('silence'),
  };
  if (count === 0) return null;
  return (
    <>
      <div class="bulk" role="toolbar" aria-label="Selected alerts">
        <b>{countText(count)} selected</b>
        {!isAll && total > count && (
          <button type="button" class="btn sm flat" onClick={onAll}>
            Select all {countText(total)} that match
          </button>
        )}
        <button type="button" class="btn sm pri" disabled={isWorking} onClick={work.current.acknowledge}>
          {isWorking ? 'Acknowledging…' : 'Acknowledge'} <kbd>a</kbd>
        </button>
        <button type="button" class="btn sm" onClick={work.current.silence}>
          Silence… <kbd>s</kbd>
        </button>
        <button type="button" class="btn sm flat" onClick={onClear}>
          Clear <kbd>esc</kbd>
        </button>
      </div>
      {dialog === 'silence' && <SilenceDialog what={commonMatchers(rows)} onClose={() => setDialog(null)} />}
      {dialog === 'acknowledge' && (
        <Dialog
          title={`Acknowledge ${countOf(count, 'alert')}${isAll ? '' : ` in ${countOf(incidents.size, 'incident')}`}?`}
          onClose={() => setDialog(null)}
          footer={
            <>
              <button type="button" class="btn" onClick={() => setDialog(null)}>
                Cancel
              </button>
              <button type="button" class="btn pri" onClick={() => void acknowledge()}>
                Acknowledge {countOf(count, 'alert')}
              </button>
            </>
          }
        >
          <div class="in">
            <p>Whoever asks sees that you look at them. Notices of these incidents stop being escalated.</p>
          </div>
        </Dialog>
      )}
    </>
  );
}

interface BulkBarProps {
  readonly chosen: () => readonly AlertRow[];
  readonly count: number;
  readonly total: number;
  readonly isAll: boolean;
  /** Incidents of everything that matches. */
  readonly rest: () => Promise<readonly string[]>;
  readonly onAll: () => void;
  readonly onClear: () => void;
  /** Filled with what the keys do. */
  readonly work: { current: { acknowledge: () => void; silence: () => void } };
}
