import { randomUUID } from 'node:crypto';
import type { Settings } from '../../config/settings.ts';
import { sleep, systemClock } from '../../lib/clock.ts';
import { isLoopback } from '../../lib/http/loopback.ts';
import { type ClientSettings, type Told, tellHub } from '../hub-client.ts';
import type { SilenceJson } from '../silences/text.ts';

/** What window is wanted. */
export interface WindowWish {
  readonly instance: string;
  readonly for: string;
  readonly by: string;
  readonly comment: string;
}

/** An open window. */
export interface Window {
  readonly id: string;
  /** When it ends by itself, ISO 8601. */
  readonly until: string;
  /** Ends it. Rejects with why that could not be told, and until when it goes on. */
  close(): Promise<void>;
}

// A job does not wait long for those who watch it: some 10 s at most where nothing answers.
const TIMEOUTS = { connectMs: 3000, headersMs: 5000, bodyMs: 5000 };
const OPENING_PAUSES_MS = [500, 1500];
// At its end somebody would else miss a real problem for as long as the window lasts: it is told more often.
const CLOSING_PAUSES_MS = [500, 1000, 2000, 4000, 8000];

/** Opens a window at the hub. Rejects with why it could not. */
export async function openWindow(given: Settings, wish: WindowWish): Promise<Window> {
  const settings = { ...given, url: apiUrl(given) };
  // Told again under the same key, it opens no second one.
  const key = { idempotencyKey: randomUUID(), timeouts: TIMEOUTS };
  const body = { ...wish, origin: 'cli' };
  const { id, ends_at: until } = (await told(
    settings,
    '/api/v1/maintenance',
    body,
    key,
    OPENING_PAUSES_MS,
  )) as SilenceJson;
  return {
    id,
    until,
    close: async () => {
      const path = `/api/v1/maintenance/${id}/end`;
      await told(settings, path, { by: wish.by }, { timeouts: TIMEOUTS }, CLOSING_PAUSES_MS).catch((error: Error) => {
        throw new Error(`the maintenance window ${id} could not be ended and goes on until ${until}: ${error.message}`);
      });
    },
  };
}

async function told(
  settings: ClientSettings,
  path: string,
  body: unknown,
  options: Parameters<typeof tellHub>[3],
  pausesMs: readonly number[],
): Promise<unknown> {
  for (let attempt = 0; ; attempt += 1) {
    const pause = pausesMs[attempt];
    const answer: Told | Error = await tellHub(settings, path, body, options).catch((error: Error) => error);
    if (!(answer instanceof Error)) {
      if (answer.ok) return answer.value;
      throw new Error(answer.reason);
    }
    if (pause === undefined) throw answer;
    await sleep(systemClock, pause);
  }
}

/** The machine of an agent has no hub of its own: the one that it pushes to is meant, unless MONITOR_URL names another. */
function apiUrl({ url, hubUrl, clusterEnabled }: Settings): string {
  if (hubUrl === undefined || clusterEnabled || !isLoopback(new URL(url).hostname)) return url;
  const hub = new URL(hubUrl);
  hub.pathname = hub.pathname.replace(/\/alerts\/webhook\/.*$/, '');
  return hub.href;
}
