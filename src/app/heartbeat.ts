import type { Settings } from '../config/settings.ts';
import { brokenWay, type HeartbeatState, type WayState } from '../core/heartbeat.ts';
import type { Clock } from '../lib/clock.ts';
import type { Secret } from '../lib/crypto/secret.ts';
import { createOutbound, type Outbound } from '../lib/http/outbound.ts';
import type { Part } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log/logger.ts';
import { createRounds } from '../lib/rounds.ts';
import type { NoticeFigures } from '../notify/figures.ts';
import type { StoreFigures } from '../stores/contract/figures.ts';
import { type TextParts, wholeText } from '../web/text.ts';

/** What it looks at. */
export interface HeartbeatParts {
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Commits something small; null when that worked, else the reason why not. */
  readonly notReady: () => Promise<string | null>;
  readonly read: (name: 'figures', query: object) => Promise<TextParts | undefined>;
  /** null for a hub that tells nobody. */
  readonly figures: () => Promise<NoticeFigures | null>;
  /** Left out outside tests. */
  readonly outbound?: Outbound;
}

const MINUTE_MS = 60_000;
// The first comes when what a start has to do is most likely done.
const FIRST_MS = 10_000;
const TIMEOUTS = { connectMs: 5_000, headersMs: 10_000, bodyMs: 10_000 };
const BODY_LIMIT = 1024;

/** The part that sends it, and how it stands. */
export interface Heartbeat extends Part {
  readonly state: () => HeartbeatState;
}

/** Asks an address once a minute, if the whole way from a push to people has worked since the last time. */
export function createHeartbeat(
  address: Secret,
  { version, proxy, caFile }: Pick<Settings, 'version' | 'proxy' | 'caFile'>,
  parts: HeartbeatParts,
): Heartbeat {
  const { clock, logger, notReady, read, figures } = parts;
  // It is set by who runs the hub, and may well be beside it.
  const options = { userAgent: `monitor/${version}`, proxy, caFile, allow: 'any', timeouts: TIMEOUTS } as const;
  const outbound = parts.outbound ?? createOutbound({ ...options, bodyLimit: BODY_LIMIT });
  const stopping = new AbortController();
  let counted = new Map<string, { readonly all: number; readonly taken: number }>();
  let last: string | null = null;
  let sentAt: number | null = null;
  /** Said once, and once more when it is over or another. */
  const say = (problem: string | null) => {
    if (problem === last) return;
    if (problem === null) logger.info({}, 'the heartbeat is sent again');
    else logger.warn({ problem }, 'no heartbeat');
    last = problem;
  };
  const wayState = async (): Promise<WayState> => {
    const reason = await notReady();
    const [text, told] = await Promise.all([read('figures', {}), figures()]);
    const store = text === undefined ? null : (JSON.parse(await wholeText(text)) as StoreFigures);
    const now = countsOf(told);
    const attempts = [...now].map(([channel, { all, taken }]) => {
      const before = counted.get(channel);
      return { channel, all: all - (before?.all ?? 0), taken: taken - (before?.taken ?? 0) };
    });
    counted = now;
    const due = store?.nextEvaluationAt ?? null;
    const overdueMs = due === null ? 0 : Math.max(0, clock.now() - due);
    return { notReady: reason, lagMs: told?.lag?.ms ?? null, overdueMs, attempts };
  };
  const round = async () => {
    const broken = brokenWay(await wayState());
    if (broken !== null) return say(broken);
    const answer = await outbound.send({
      ...{ method: 'GET', url: new URL(address.reveal()), headers: {}, body: null, signal: stopping.signal },
    });
    if (answer.ok) sentAt = clock.now();
    say(answer.ok ? null : `the heartbeat could not be sent: ${answer.reason}`);
  };
  const rounds = createRounds({
    ...{ clock, everyMs: MINUTE_MS, round },
    onFailure: (error) => say(`what it depends on cannot be read: ${error instanceof Error ? error.message : error}`),
  });
  return {
    name: 'heartbeat',
    state: () => ({ sentAt, problem: last }),
    start: async () => rounds.begin(FIRST_MS),
    stop: async () => {
      stopping.abort();
      await rounds.end();
      await outbound.close();
    },
  };
}

function countsOf(told: NoticeFigures | null): Map<string, { readonly all: number; readonly taken: number }> {
  const counts = new Map<string, { readonly all: number; readonly taken: number }>();
  for (const { channel, outcome, count } of told?.attempts ?? []) {
    const { all, taken } = counts.get(channel) ?? { all: 0, taken: 0 };
    counts.set(channel, { all: all + count, taken: taken + (outcome === 'ok' ? count : 0) });
  }
  return counts;
}
