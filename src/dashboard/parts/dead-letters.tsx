import { useState } from 'preact/hooks';
import { hrefOf } from '../model/address.ts';
import { useModel, useRole } from '../model/hooks.ts';
import type { Notice } from '../wire/documents.ts';
import { countOf } from '../words/numbers.ts';
import { shown } from '../words/outside.ts';
import { AskDialog } from './ask-dialog.tsx';
import { PageLink } from './link.tsx';
import { Panel } from './panel.tsx';
import { Age } from './time.tsx';

/** Notices that were given up: each can be sent again, or put away with a reason. */
export function DeadLetters({ notices }: { readonly notices: readonly Notice[] }) {
  const { http, documents, say, preferences } = useModel();
  const canWrite = useRole('write');
  const [dropping, setDropping] = useState<Notice | null>(null);
  const [isWorking, setWorking] = useState(false);
  const change = async (of: readonly Notice[], what: 'retry' | 'drop', comment: string) => {
    setWorking(true);
    let failed = '';
    let done = 0;
    for (const { id } of of) {
      const { name } = preferences.get();
      const body = { ...(comment !== '' && { comment }), ...(name !== '' && { by: name }) };
      const answer = await http.change('POST', `/api/v1/notices/${encodeURIComponent(id)}/${what}`, body);
      if (answer.kind === 'failed') failed = answer.failure.text;
      else done += 1;
    }
    setWorking(false);
    documents.refresh();
    const word = what === 'retry' ? 'Redriven' : 'Dropped';
    if (failed === '') say({ text: `${word}: ${countOf(done, 'notice')}` });
    else say({ text: `${word} ${done} of ${countOf(of.length, 'notice')}. ${failed}`, isError: true });
  };
  const side = canWrite && notices.length > 1 && (
    <button type="button" class="btn sm" disabled={isWorking} onClick={() => void change(notices, 'retry', '')}>
      Redrive {countOf(notices.length, 'notice')}
    </button>
  );
  return (
    <Panel title="Dead letters" count={notices.length} side={side}>
      <ul class="list">
        {notices.map((notice) => (
          <li key={notice.id} class="li wide dead">
            <span class="g-warn">!</span>
            <div>
              <PageLink
                class="strong outside"
                href={hrefOf('incidents', notice.incident_id ?? notice.id.split(':')[0])}
              >
                {shown(notice.title ?? notice.id)}
              </PageLink>
              <p class="outside">
                {shown(notice.channel)} · {shown(notice.failure ?? 'given up')}
              </p>
            </div>
            <span class="side-text">
              <Age at={notice.updated_at} />
            </span>
            {canWrite && (
              <span class="two">
                <button
                  type="button"
                  class="btn sm"
                  disabled={isWorking}
                  aria-label={`Redrive ${shown(notice.title ?? notice.id)} to ${shown(notice.channel)}`}
                  onClick={() => void change([notice], 'retry', '')}
                >
                  Redrive
                </button>
                <button
                  type="button"
                  class="btn sm flat"
                  disabled={isWorking}
                  aria-label={`Drop ${shown(notice.title ?? notice.id)} for ${shown(notice.channel)}`}
                  onClick={() => setDropping(notice)}
                >
                  Drop…
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {dropping !== null && (
        <AskDialog
          title="Drop this notice?"
          text={`${shown(dropping.channel)} is not told of it any more.`}
          field={{ label: 'Why', placeholder: 'told by phone', value: '', isNeeded: true }}
          button="Drop notice"
          onClose={() => setDropping(null)}
          onDone={(comment) => {
            setDropping(null);
            void change([dropping], 'drop', comment);
          }}
        />
      )}
    </Panel>
  );
}
