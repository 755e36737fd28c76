import type { Incident } from '../wire/documents.ts';
import { shown } from '../words/outside.ts';
import type { Model } from './model.ts';

/** What can be done about an incident. */
export type IncidentAction =
  | 'acknowledge'
  | 'unacknowledge'
  | 'assign'
  | 'note'
  | 'shelve'
  | 'unshelve'
  | 'resolve'
  | 'close'
  | 'reopen';

type Subject = Pick<Incident, 'id' | 'title'>;

interface Doing {
  readonly action: IncidentAction;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** What is told when it is done, and what takes it back. */
  readonly done: string;
  readonly undo?: { readonly action: IncidentAction; readonly done: string };
}

/** Does it, says so, and offers the way back; false when it was not done. */
export async function act(model: Model, incident: Subject, doing: Doing): Promise<boolean> {
  const key = crypto.randomUUID();
  const attempt = async (): Promise<boolean> => {
    const path = `/api/v1/incidents/${encodeURIComponent(incident.id)}/${doing.action}`;
    const by = model.preferences.get().name;
    const body = { ...(by !== '' && { by }), ...doing.fields };
    const answer = await model.http.change('POST', path, body, key);
    if (answer.kind === 'failed') {
      const { status, text } = answer.failure;
      const isLost = status === 0;
      model.say({
        text: isLost ? 'Not saved: the hub cannot be reached.' : `Not saved. ${text}`,
        isError: true,
        // The same key: what the hub has done already is not done twice.
        ...((isLost || status >= 500) && { action: { word: 'Retry', call: () => void attempt() } }),
      });
      return false;
    }
    model.documents.refresh();
    const { undo } = doing;
    model.say({
      text: doing.done,
      ...(undo && {
        action: { word: 'Undo', call: () => void act(model, incident, { action: undo.action, done: undo.done }) },
      }),
    });
    return true;
  };
  return attempt();
}

/** Acknowledges, or takes the acknowledgement back where there is one. */
export function acknowledge(model: Model, incident: Pick<Incident, 'id' | 'title' | 'status'>): Promise<boolean> {
  const title = shown(incident.title);
  const done = `Acknowledged: ${title}`;
  const back = `No longer acknowledged: ${title}`;
  return incident.status === 'acknowledged'
    ? act(model, incident, { action: 'unacknowledge', done: back, undo: { action: 'acknowledge', done } })
    : act(model, incident, { action: 'acknowledge', done, undo: { action: 'unacknowledge', done: back } });
}

/** How many incidents a request may name. */
const NAMED = 500;

/** Acknowledges many; gives how many of them are. */
export async function acknowledgeAll(model: Model, ids: readonly string[]): Promise<number> {
  const all = [...new Set(ids)];
  const by = model.preferences.get().name;
  let done = 0;
  for (let from = 0; from < all.length; from += NAMED) {
    const body = { action: 'acknowledge', ids: all.slice(from, from + NAMED), ...(by !== '' && { by }) };
    const answer = await model.http.change('POST', '/api/v1/incidents/actions', body);
    if (answer.kind !== 'value') continue;
    const told = answer.value as { readonly done: number; readonly unchanged: number };
    done += told.done + told.unchanged;
  }
  model.documents.refresh();
  return done;
}
