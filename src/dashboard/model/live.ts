import type { Clock } from '../browser/clock.ts';
import type { Http } from '../browser/http.ts';
import { readStream } from '../browser/stream.ts';
import type { HistoryEvent } from '../wire/documents.ts';
import { type Cell, createCell } from './cell.ts';
import { createStreamParser } from './sse.ts';

/** Whether what is shown is what the hub holds. */
export interface LiveState {
  /** `polling` where a hub gives no stream; `signed_out` until somebody logs in again. */
  readonly mode: 'connecting' | 'live' | 'polling' | 'lost' | 'signed_out';
  /** When the hub was last heard. */
  readonly heardAt: number;
  /** While lost: when it is tried again. */
  readonly retryAt: number | null;
}

/** What happens at the hub, as it happens. */
export interface Live {
  readonly state: Cell<LiveState>;
  /** Called with new events; with none where nobody knows what has happened, and everything is to be read again. */
  onEvents(call: (events: readonly HistoryEvent[]) => void): () => void;
  retryNow(): void;
  /** A request has been answered, or not. */
  noted(isReached: boolean): void;
  start(): void;
  /** Follows on after somebody who was signed out has logged in again. */
  resume(): void;
}

const PATH = '/api/v1/stream';
const SILENT_MS = 25_000;
const POLL_MS = 5000;
// Waits before it is tried again, the last one for ever.
const WAITS_MS = [1000, 2000, 4000, 8000, 15_000];
// Above so many events a second they are handed on once a second.
const CALM = 200;
// A tab that nobody has looked at for so long lets go of its stream.
const HIDDEN_MS = 5 * 60_000;

/** Follows the hub. `isSignedOut` ends it: without a session there is nothing to follow. */
export function createLive(http: Http, clock: Clock, onSignedOut: () => void): Live {
  const state = createCell<LiveState>({ mode: 'connecting', heardAt: clock.now(), retryAt: null });
  const listeners = new Set<(events: readonly HistoryEvent[]) => void>();
  let lastId: string | null = null;
  let wake = () => {};
  let resume = () => {};
  let batch: HistoryEvent[] = [];
  let isScheduled = false;
  let abort = new AbortController();

  const tell = (events: readonly HistoryEvent[]) => {
    for (const call of [...listeners]) call(events);
  };
  const flush = () => {
    isScheduled = false;
    const events = batch;
    batch = [];
    if (events.length > 0) tell(events);
  };
  const take = (events: readonly HistoryEvent[]) => {
    batch.push(...events);
    if (isScheduled || events.length === 0) return;
    isScheduled = true;
    if (batch.length > CALM) clock.after(1000, flush);
    else clock.frame(flush);
  };
  const alive = (mode: 'live' | 'polling') => state.set({ mode, heardAt: clock.now(), retryAt: null });
  const lose = (retryAt: number | null) => state.set({ mode: 'lost', heardAt: state.get().heardAt, retryAt });
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const cancel = clock.after(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });

  /** One stream from its opening to its end; gives the status that it ended with. */
  const follow = async (): Promise<number> => {
    abort = new AbortController();
    const parse = createStreamParser();
    let watchdog = () => {};
    let isOpen = false;
    const watch = () => {
      watchdog();
      watchdog = clock.after(SILENT_MS, () => abort.abort());
    };
    watch();
    const end = await readStream(
      PATH,
      lastId,
      {
        opened: () => {
          isOpen = true;
          const wasLost = state.get().mode === 'lost';
          alive('live');
          if (wasLost && lastId === null) tell([]);
        },
        heard: (text) => {
          watch();
          alive('live');
          const events = parse(text);
          lastId = events.findLast(({ id }) => id !== '')?.id ?? lastId;
          // What was missed cannot be given any more.
          if (events.some(({ event }) => event === 'reset')) tell([]);
          take(events.flatMap(({ data }) => eventOf(data) ?? []));
        },
      },
      abort.signal,
    );
    watchdog();
    return isOpen ? 200 : end.status;
  };

  /** For hubs without a stream: everything is asked again and again, and the hub says when nothing has changed. */
  const poll = async (): Promise<number> => {
    for (;;) {
      const answer = await http.get('/api/v1/incidents?limit=1');
      if (answer.kind === 'failed' && answer.failure.status === 401) return 401;
      if (answer.kind === 'failed' && (answer.failure.status === 0 || answer.failure.status >= 500)) return 0;
      alive('polling');
      tell([]);
      await sleep(POLL_MS);
    }
  };

  const run = async () => {
    for (let tries = 0; ; ) {
      let status = await follow();
      if (status === 404 || status === 405 || status === 406) {
        status = await poll();
        tries = 0;
      }
      if (status === 401 || status === 403) {
        state.set({ ...state.get(), mode: 'signed_out', retryAt: null });
        onSignedOut();
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
        tries = 0;
        continue;
      }
      if (status === 410) {
        lastId = null;
        tell([]);
        continue;
      }
      tries = status === 200 ? 1 : tries + 1;
      const wait = (WAITS_MS[Math.min(tries, WAITS_MS.length) - 1] ?? 1000) * (0.8 + 0.4 * clock.chance());
      lose(clock.now() + wait);
      await sleep(wait);
    }
  };

  return {
    state,
    onEvents: (call) => {
      listeners.add(call);
      return () => void listeners.delete(call);
    },
    retryNow: () => wake(),
    noted: (isReached) => {
      const { mode } = state.get();
      if (isReached && mode === 'lost') wake();
      if (!isReached && mode === 'live') abort.abort();
    },
    resume: () => resume(),
    start: () => {
      let cancel = () => {};
      document.addEventListener('visibilitychange', () => {
        cancel();
        if (document.visibilityState === 'hidden') {
          cancel = clock.after(HIDDEN_MS, () => {
            lastId = null;
            abort.abort();
          });
        } else wake();
      });
      void run();
    },
  };
}

function eventOf(data: string): HistoryEvent | null {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && 'kind' in value ? (value as HistoryEvent) : null;
  } catch {
    return null;
  }
}
