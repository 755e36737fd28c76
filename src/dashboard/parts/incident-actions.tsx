import { useState } from 'preact/hooks';
import { acknowledge, act } from '../model/actions.ts';
import { hrefOf } from '../model/address.ts';
import { useCell, useKeys, useModel, useRole } from '../model/hooks.ts';
import type { IncidentDetail } from '../wire/documents.ts';
import { countOf } from '../words/numbers.ts';
import { shown } from '../words/outside.ts';
import { AskDialog } from './ask-dialog.tsx';
import { Icon } from './icon.tsx';
import { Menu } from './menu.tsx';
import { NoteField } from './note-field.tsx';
import { SilenceDialog } from './silence-dialog.tsx';

type Open = 'silence' | 'note' | 'assign' | 'resolve' | 'close' | null;

/** What can be done about an incident: in the head, on a phone at the lower edge, and by keys. */
export function IncidentActions({ incident }: { readonly incident: IncidentDetail }) {
  const model = useModel();
  const { go, lastList, say } = model;
  const list = useCell(lastList);
  const canWrite = useRole('write');
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const isOver = incident.status === 'resolved' || incident.status === 'closed';
  const isAcknowledged = incident.status === 'acknowledged';
  const title = shown(incident.title);

  const neighbour = (by: number) => () => {
    const at = list.indexOf(incident.id);
    const next = at === -1 ? undefined : list[at + by];
    if (next !== undefined) go(hrefOf('incidents', next));
  };
  useKeys({
    '[': neighbour(-1),
    ']': neighbour(1),
    Escape: () => go(hrefOf('incidents')),
    e: () => {
      const line = document.getElementById('timeline');
      line?.focus({ preventScroll: true });
      line?.scrollIntoView({ block: 'start' });
    },
    ...(canWrite && {
      ...(!isOver && { a: () => void acknowledge(model, incident), s: () => setOpen('silence') }),
      n: () => setOpen('note'),
    }),
  });

  const copy = (text: string, what: string) => () =>
    void navigator.clipboard?.writeText(text).then(() => say({ text: `${what} copied` }));
  const entries = [
    ...(canWrite && !isOver
      ? [
          { word: 'Resolve…', call: () => setOpen('resolve') },
          { word: 'Close…', call: () => setOpen('close') },
        ]
      : []),
    ...(canWrite && isOver
      ? [{ word: 'Reopen', call: () => void act(model, incident, { action: 'reopen', done: `Reopened: ${title}` }) }]
      : []),
    { word: 'Copy link', call: copy(location.href, 'Link') },
    { word: 'Copy as JSON', call: copy(JSON.stringify(incident, null, 2), 'JSON') },
  ];
  const acknowledgeButton = canWrite && !isOver && (
    <button
      type="button"
      class={`btn${isAcknowledged ? '' : ' pri'}`}
      aria-keyshortcuts="a"
      onClick={() => void acknowledge(model, incident)}
    >
      {isAcknowledged ? 'Unacknowledge' : 'Acknowledge'} <kbd>a</kbd>
    </button>
  );
  const silenceButton = canWrite && !isOver && (
    <button type="button" class="btn" aria-keyshortcuts="s" onClick={() => setOpen('silence')}>
      <Icon name="mute" size={14} />
      Silence <kbd>s</kbd>
    </button>
  );
  if (open === 'note') return <NoteField incident={incident} onClose={close} />;
  return (
    <>
      <div class="acts only-l">
        {acknowledgeButton}
        {silenceButton}
        {canWrite && (
          <button type="button" class="btn" aria-keyshortcuts="n" onClick={() => setOpen('note')}>
            <Icon name="note" size={14} />
            Note <kbd>n</kbd>
          </button>
        )}
        {canWrite && !isOver && (
          <button type="button" class="btn" onClick={() => setOpen('assign')}>
            Assign
          </button>
        )}
        <Menu label="More actions" entries={entries} />
      </div>
      <div class="actbar">
        {acknowledgeButton}
        {silenceButton}
        <Menu
          label="More actions"
          entries={[
            ...(canWrite ? [{ word: 'Add a note', call: () => setOpen('note') }] : []),
            ...(canWrite && !isOver ? [{ word: 'Assign…', call: () => setOpen('assign') }] : []),
            ...entries,
            { word: 'Back to Now', call: () => go('/') },
          ]}
        />
      </div>
      {open === 'silence' && <SilenceDialog incident={incident} onClose={close} />}
      {open === 'assign' && (
        <AskDialog
          title="Assign"
          field={{ label: 'To whom', placeholder: 'a name; nothing for nobody', value: incident.assignee ?? '' }}
          button="Assign"
          onClose={close}
          onDone={(name) => {
            close();
            const done = name === '' ? `Assigned to nobody: ${title}` : `Assigned to ${name}: ${title}`;
            void act(model, incident, { action: 'assign', fields: { assignee: name === '' ? null : name }, done });
          }}
        />
      )}
      {(open === 'resolve' || open === 'close') && (
        <AskDialog
          title={`${open === 'resolve' ? 'Resolve' : 'Close'} ${title}?`}
          text={endText(open, incident.firing_count)}
          field={{ label: 'Comment', placeholder: 'what was done', value: '' }}
          button={open === 'resolve' ? 'Resolve' : 'Close'}
          onClose={close}
          onDone={(comment) => {
            close();
            const done = `${open === 'resolve' ? 'Resolved' : 'Closed'}: ${title}`;
            void act(model, incident, {
              action: open,
              fields: { comment },
              done,
              undo: { action: 'reopen', done: `Reopened: ${title}` },
            });
          }}
        />
      )}
    </>
  );
}

function endText(what: 'resolve' | 'close', firing: number): string {
  const still =
    firing === 0 ? 'Nothing fires any more.' : `${countOf(firing, 'alert')} still ${firing === 1 ? 'fires' : 'fire'}.`;
  return what === 'resolve' ? `${still} It reopens when one of them reports again.` : `${still} It does not reopen.`;
}
