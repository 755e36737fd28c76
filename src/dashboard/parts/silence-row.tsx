import { useState } from 'preact/hooks';
import { useCell, useDocument, useModel, useRole } from '../model/hooks.ts';
import { previewPath } from '../model/matchers.ts';
import type { Silence, SilencePreview } from '../wire/documents.ts';
import { countOf } from '../words/numbers.ts';
import { shown } from '../words/outside.ts';
import { AskDialog } from './ask-dialog.tsx';
import { Icon } from './icon.tsx';
import { whatOf } from './now-aside.tsx';
import { Left, Moment } from './time.tsx';

/** A silence or a window in a list: what, who and why, how much of it, and how long. */
export function SilenceRow({
  silence,
  onAgain,
}: {
  readonly silence: Silence;
  readonly onAgain: (silence: Silence) => void;
}) {
  const { clock, times, http, documents, say } = useModel();
  const zone = useCell(times);
  const canWrite = useRole('write');
  const [isAsking, setAsking] = useState(false);
  const isActive = silence.status === 'active';
  const isOver = silence.status === 'expired';
  const preview = useDocument<SilencePreview>(isActive ? previewPath(silence.matchers.map(({ text }) => text)) : null);
  const moment = (at: string) => zone.until(Date.parse(at), clock.now());
  const muted =
    preview.value &&
    `mutes ${countOf(preview.value.alert_count, 'alert')} of ${countOf(preview.value.incident_count, 'incident')}`;
  const what = shown(whatOf(silence));
  const end = async () => {
    setAsking(false);
    const path = silence.kind === 'maintenance' ? 'maintenance' : 'silences';
    const answer = await http.change('DELETE', `/api/v1/${path}/${silence.id}`);
    if (answer.kind === 'failed') say({ text: `Not ended. ${answer.failure.text}`, isError: true });
    else say({ text: `Ended: ${what}`, action: { word: 'Silence again', call: () => onAgain(silence) } });
    documents.refresh();
  };
  return (
    <li class="li wide">
      <Icon name={silence.kind === 'maintenance' ? 'calendar' : 'mute'} />
      <div>
        <b class="outside">{what}</b>
        <p class="outside">
          {[
            shown(`${silence.created_by}${silence.created_by && silence.comment ? ': ' : ''}${silence.comment}`),
            muted,
            `${moment(silence.starts_at)} to ${moment(silence.ends_at)}`,
            silence.ended_by ? `ended by ${shown(silence.ended_by)}` : '',
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <span class="side-text">
        {isActive ? (
          <Left until={silence.ends_at} suffix=" left" />
        ) : isOver ? (
          <Moment at={silence.ends_at} />
        ) : (
          <Left until={silence.starts_at} suffix=" to go" />
        )}
      </span>
      {canWrite &&
        (isOver ? (
          <button type="button" class="btn sm" onClick={() => onAgain(silence)}>
            Silence again
          </button>
        ) : (
          <button type="button" class="btn sm" aria-label={`End ${what}`} onClick={() => setAsking(true)}>
            End
          </button>
        ))}
      {isAsking && (
        <AskDialog
          title={`End ${what}?`}
          text="Notices of what it has held back and still fires go out."
          button="End it"
          onClose={() => setAsking(false)}
          onDone={() => void end()}
        />
      )}
    </li>
  );
}
