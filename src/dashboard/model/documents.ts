import type { Clock } from '../browser/clock.ts';
import type { Http } from '../browser/http.ts';
import type { Failure } from '../wire/answer.ts';
import { type Cell, createCell } from './cell.ts';
import type { Live } from './live.ts';

/** What is known of a document of the API. */
export interface Known {
  readonly value: unknown;
  /** When the hub last said that it is so; 0 for never. */
  readonly at: number;
  /** Why the last try brought nothing. */
  readonly failure: Failure | null;
  readonly isLoading: boolean;
}

/** Documents of the API that are shown, each read once for everyone who shows it, and kept as the hub has it. */
export interface Documents {
  /**
   * Reads it and keeps it fresh until the function given back is called. What is calm is not read again for each event, but
   * only where it is asked for: sums over a long time.
   */
  watch(path: string, isCalm?: boolean): { readonly cell: Cell<Known>; readonly release: () => void };
  /** Reads what is shown again, all of it or the documents below a path. */
  refresh(below?: string): void;
}

interface Entry {
  readonly cell: Cell<Known>;
  readonly isCalm: boolean;
  watchers: number;
  etag: string | null;
  text: string;
  isAsked: boolean;
  isWanted: boolean;
}

const NOTHING: Known = { value: undefined, at: 0, failure: null, isLoading: true };
// Between two readings of the same documents, however much happens.
const REST_MS = 1000;
// Documents that nobody shows and that are kept for who comes back.
const KEPT = 40;

/** Makes them; what happens at the hub has all that is shown read again. */
export function createDocuments(http: Http, clock: Clock, live: Live): Documents {
  const entries = new Map<string, Entry>();
  let isResting = false;
  let isMissed = false;

  const load = async (path: string, entry: Entry) => {
    if (entry.isAsked) {
      entry.isWanted = true;
      return;
    }
    entry.isAsked = true;
    entry.isWanted = false;
    const answer = await http.get(path, entry.etag);
    entry.isAsked = false;
    const known = entry.cell.get();
    if (answer.kind === 'failed') {
      live.noted(answer.failure.status !== 0);
      entry.cell.set({ ...known, failure: answer.failure, isLoading: false });
    } else {
      const text = answer.kind === 'value' ? JSON.stringify(answer.value) : entry.text;
      // The same value keeps its identity, so that nothing is drawn anew for it.
      const value = answer.kind === 'value' && text !== entry.text ? answer.value : known.value;
      if (answer.kind === 'value') entry.etag = answer.etag;
      entry.text = text;
      entry.cell.set({ value, at: clock.now(), failure: null, isLoading: false });
    }
    if (entry.isWanted && entry.watchers > 0) void load(path, entry);
  };
  const refresh = (below = '') => {
    for (const [path, entry] of entries) if (entry.watchers > 0 && path.startsWith(below)) void load(path, entry);
  };
  const refreshCalmly = () => {
    if (isResting) {
      isMissed = true;
      return;
    }
    isResting = true;
    for (const [path, entry] of entries) if (entry.watchers > 0 && !entry.isCalm) void load(path, entry);
    clock.after(REST_MS, () => {
      isResting = false;
      if (!isMissed) return;
      isMissed = false;
      refreshCalmly();
    });
  };
  live.onEvents(refreshCalmly);

  return {
    watch: (path, isCalm = false) => {
      const entry = entries.get(path) ?? {
        ...{ cell: createCell(NOTHING), isCalm, watchers: 0, etag: null, text: '', isAsked: false, isWanted: false },
      };
      entries.delete(path);
      entries.set(path, entry);
      for (const [old, { watchers }] of entries) if (entries.size > KEPT && watchers === 0) entries.delete(old);
      entry.watchers += 1;
      if (entry.watchers === 1) void load(path, entry);
      return {
        cell: entry.cell,
        release: () => {
          entry.watchers -= 1;
        },
      };
    },
    refresh,
  };
}
