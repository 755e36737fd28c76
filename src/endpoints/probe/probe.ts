import { createResultSpool } from '../../core/endpoint/spool.ts';
import type { Clock } from '../../lib/clock.ts';
import type { HttpResult } from '../../lib/http/client.ts';
import type { Part } from '../../lib/lifecycle.ts';
import { createRounds } from '../../lib/rounds.ts';
import { createRunner, type LookEntry, type Looked } from '../runner.ts';
import type { ControlsFail } from './controls.ts';
import { createCourier } from './courier.ts';
import type { HubLink } from './hub-link.ts';
import { assignmentsIn, type WaitingResult } from './wire.ts';

/** A probe: what it looks at comes from its hub, and what it has seen goes there. */
export interface Probe extends Part {
  /** null while it has heard its hub lately, else why not. */
  notReady(): string | null;
}

/** What a probe is made of. */
export interface ProbeParts {
  readonly clock: Clock;
  readonly link: HubLink;
  readonly look: (entry: LookEntry, cancel: AbortSignal) => Promise<Looked>;
  readonly controlsFail: ControlsFail;
  readonly self: {
    readonly id: string;
    readonly version: string;
    readonly name?: string | undefined;
    readonly region?: string | undefined;
  };
  readonly refreshMs: number;
  readonly mostAtOnce: number;
  /** Results that it keeps. */
  readonly spool: number;
  readonly log: {
    /** Called when it is to look at something else than before. */
    assigned(endpoints: number): void;
    /** Called with what the hub answers, each time. */
    answered(result: HttpResult): void;
    /** Called with what should not have happened. */
    failed(error: unknown): void;
    /** Called with results that the hub refuses for good. */
    dropped(count: number, reason: string): void;
  };
}

// At a stop, what is there has so long to be sent.
const LAST_MS = 5000;
const PATIENCE_MS = 10 * 60_000;

/** A probe that has not begun. It keeps nothing on disk. */
export function createProbe(parts: ProbeParts): Probe {
  const { clock, link, look, controlsFail, self, refreshMs, mostAtOnce, log } = parts;
  const spool = createResultSpool<WaitingResult>(parts.spool);
  const stopping = new AbortController();
  let checksum: string | null = null;
  let keys: ReadonlySet<string> = new Set();
  let heardAt: number | null = null;
  let why = 'the hub has not been asked yet';
  let notBefore = Number.NEGATIVE_INFINITY;

  const answered = (result: HttpResult) => {
    if (result.ok || result.status === 304) heardAt = clock.monotonic();
    else why = `${link.current()}: ${result.reason}`;
    log.answered(result);
  };
  const refresh = async (signal: AbortSignal): Promise<void> => {
    if (clock.monotonic() < notBefore) return;
    const result = await link.get('/assignments', checksum, signal);
    if (signal.aborted) return;
    answered(result);
    if (result.ok) return apply(result.body);
    if (result.status === 304) spool.keepOnly(keys);
    else if (result.retryAfterMs !== undefined)
      notBefore = clock.monotonic() + Math.min(PATIENCE_MS, result.retryAfterMs);
  };
  const apply = (body: string) => {
    const read = assignmentsIn(body);
    if (read === null) {
      why = `what ${link.current()} assigns cannot be read: is it a hub of this version?`;
      return log.answered({ ok: false, kind: 'protocol', permanent: true, reason: why });
    }
    checksum = read.checksum;
    keys = new Set(read.entries.map(({ key }) => key));
    spool.keepOnly(keys);
    runner.reload(read.entries);
    runner.ask(read.asked);
    log.assigned(read.entries.length);
  };
  // When a look began, by the clock that nobody sets.
  const begun = new WeakMap<Looked, number>();
  const courier = createCourier({
    ...{ clock, spool, link, refresh, onAnswer: answered, onFailure: log.failed, onDropped: log.dropped },
    self: { version: self.version, name: self.name, region: self.region },
  });
  const runner = createRunner({
    ...{ clock, mostAtOnce, probe: self.id },
    look: async (entry, cancel) => {
      const begunAt = clock.monotonic();
      const seen = await look(entry, cancel);
      const isAsked = !seen.success && !seen.abstains && !cancel.aborted;
      const looked = isAsked ? { ...seen, abstains: await controlsFail(begunAt) } : seen;
      begun.set(looked, begunAt);
      return looked;
    },
    tell: async ({ key }, looked) => {
      if (!keys.has(key)) return;
      spool.add({ ...looked, key, atMonotonic: begun.get(looked) ?? clock.monotonic() });
      courier.poke();
    },
  });
  const rounds = createRounds({
    ...{ clock, everyMs: refreshMs, round: () => refresh(stopping.signal) },
    onFailure: log.failed,
  });
  return {
    name: 'probe',
    start: async () => {
      rounds.begin(0);
      courier.poke();
    },
    stop: async () => {
      stopping.abort();
      await rounds.end();
      await runner.stop();
      await courier.stop(LAST_MS);
    },
    notReady: () => (heardAt !== null && clock.monotonic() - heardAt <= 3 * refreshMs ? null : why),
  };
}
