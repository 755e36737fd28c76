import { useCell, useModel } from '../model/hooks.ts';
import type { Muted } from '../wire/documents.ts';
import type { IconName } from '../words/icons.ts';
import { shown } from '../words/outside.ts';
import { Icon } from './icon.tsx';

/** A state in a word, a shape and a colour. */
export function Chip({ tone, icon, text, title }: ChipProps) {
  return (
    <span class={`chip ${tone}`} title={title ? shown(title) : undefined}>
      <Icon name={icon} size={12} />
      <span class="trunc">{shown(text)}</span>
    </span>
  );
}

interface ChipProps {
  readonly tone: 'ack' | 'mute' | 'warn' | 'unk' | 'info' | 'crit' | 'ok';
  readonly icon: IconName;
  readonly text: string;
  readonly title?: string;
}

/** What incidents and alerts have in common of their states. */
export interface Stated {
  readonly acknowledged_by?: string | null;
  readonly acknowledged_at?: string | null;
  readonly assignee?: string | null;
  readonly muted?: Muted | null;
  readonly flapping?: boolean;
  readonly stale?: boolean;
}

const MUTE_WORDS: Readonly<Record<string, string>> = {
  ...{ silenced: 'Silenced', maintenance: 'Window', shelved: 'Shelved', inhibited: 'Muted', depends_on: 'Muted' },
  ...{ muted_time: 'Quiet time', inactive_time: 'Outside hours' },
};

/** What mutes it, in a word. */
export function muteWord(kind: string): string {
  return MUTE_WORDS[kind] ?? 'Muted';
}

/** The chips of a row, the one that matters most first. */
export function StateChips({ of, isOver = false }: { readonly of: Stated; readonly isOver?: boolean }) {
  const { times, clock } = useModel();
  const zone = useCell(times);
  if (isOver) return null;
  const { muted, acknowledged_by: by, assignee } = of;
  const until = muted?.until ? ` until ${zone.until(Date.parse(muted.until), clock.now())}` : '';
  const isAcknowledged = of.acknowledged_at != null || (by != null && by !== '');
  return (
    <>
      {muted && (
        <Chip
          tone="mute"
          icon={muted.kind === 'maintenance' ? 'calendar' : 'mute'}
          text={`${muteWord(muted.kind)}${until}`}
        />
      )}
      {of.stale && <Chip tone="unk" icon="clock" text="Stale" />}
      {of.flapping && <Chip tone="warn" icon="wave" text="Flapping" />}
      {isAcknowledged && (
        <Chip tone="ack" icon="person" text={by || 'Acknowledged'} title={`acknowledged by ${by || 'somebody'}`} />
      )}
      {assignee && assignee !== by && <Chip tone="ack" icon="person" text={`Assigned to ${assignee}`} />}
    </>
  );
}
