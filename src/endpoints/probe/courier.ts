import type { ResultSpool } from '../../core/endpoint/spool.ts';
import { backoffMs } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import type { HttpResult } from '../../lib/http/client.ts';
import type { HubLink } from './hub-link.ts';
import { resultJson, type WaitingResult } from './wire.ts';

/** Takes results to the hub. */
export interface Courier {
  /** There is something new in the spool. */
  poke(): void;
  /** Sends what is there, once more and for so long at most, and then nothing more. */
  stop(withinMs: number): Promise<void>;
}

/** What a courier works with. */
export interface CourierParts {
  readonly clock: Clock;
  readonly spool: ResultSpool<WaitingResult>;
  readonly link: Pick<HubLink, 'post'>;
  /** Said of itself with each report. */
  readonly self: { readonly version: string; readonly name?: string | undefined; readonly region?: string | undefined };
  /** Called where the hub does not know one of these endpoints as this probe's: asks anew, and leaves only what is still assigned in the spool. */
  readonly refresh: (signal: AbortSignal) => Promise<void>;
  /** Called with each answer of the hub to a report. */
  readonly onAnswer: (result: HttpResult) => void;
  /** Called with what should not have happened. */
  readonly onFailure: (error: unknown) => void;
  /** Called with results that the hub will never take. */
  readonly onDropped: (count: number, reason: string) => void;
}

// What comes in within that time goes in one request.
const GATHER_MS = 250;
const MOST_RESULTS = 500;
// The hub reads no more than 1 MiB of a report.
const MOST_BYTES = 512 * 1024;
const AGAIN = { baseMs: 1000, maxMs: 10_000 };
/** A hub that asks for more patience than this has made a mistake. */
const PATIENCE_MS = 10 * 60_000;

/**
 * A courier that has said nothing yet; its first report says that the probe is there. What the hub cannot take now stays in
 * the spool, and is sent again when the hub asks for it, or after a pause that grows.
 */
export function createCourier(parts: CourierParts): Courier {
  const { clock, spool, link, self, refresh, onAnswer, onFailure, onDropped } = parts;
  const stopping = new AbortController();
  let cancel: (() => void) | null = null;
  let running: Promise<void> | null = null;
  let failures = 0;
  let isKnown = false;
  let most = MOST_RESULTS;
  let isStopped = false;
  let notBefore = Number.NEGATIVE_INFINITY;

  const wake = (ms: number) => {
    if (isStopped || running !== null || cancel !== null) return;
    cancel = clock.after(ms, () => {
      cancel = null;
      run();
    });
  };
  const run = () => {
    const failed = (error: unknown) => {
      onFailure(error);
      return AGAIN.maxMs;
    };
    running = deliver()
      .catch(failed)
      .then((waitMs) => {
        running = null;
        if (waitMs > 0) wake(waitMs);
        else if (spool.size() > 0) wake(GATHER_MS);
      });
  };
  /** Sends until nothing is left, or the hub takes no more; gives how long to wait then, 0 for not at all. */
  const deliver = async (): Promise<number> => {
    while ((spool.size() > 0 || !isKnown) && !stopping.signal.aborted) {
      const { batch, body } = reportOf(spool.oldest(most), clock, self);
      const result = await link.post('/results', body, stopping.signal);
      onAnswer(result);
      const waitMs = await settle(result, batch);
      if (waitMs > 0) return waitMs;
    }
    return 0;
  };
  /** What follows from an answer; gives how long to wait before the next report. */
  const settle = async (result: HttpResult, batch: readonly WaitingResult[]): Promise<number> => {
    if (result.ok) {
      spool.remove(batch);
      [failures, isKnown, most] = [0, true, Math.min(MOST_RESULTS, 2 * most)];
      return 0;
    }
    if (result.status === 404 && batch.length > 0) {
      const before = spool.size();
      await refresh(stopping.signal);
      if (spool.size() < before) return 0;
    }
    if (result.status === 413 && batch.length > 1) {
      most = Math.ceil(batch.length / 2);
      return 0;
    }
    if ((result.status === 400 || result.status === 413 || result.status === 422) && batch.length > 0) {
      spool.remove(batch);
      onDropped(batch.length, result.reason);
      return 0;
    }
    // There is more than the hub takes for now: what only repeats goes first.
    if (result.status === 429) spool.coalesce();
    failures += 1;
    if (result.retryAfterMs === undefined) return backoffMs(AGAIN, failures);
    const asked = Math.max(1, Math.min(PATIENCE_MS, result.retryAfterMs));
    notBefore = clock.monotonic() + asked;
    return asked;
  };
  return {
    poke: () => wake(GATHER_MS),
    stop: async (withinMs) => {
      isStopped = true;
      cancel?.();
      const abandon = clock.after(withinMs, () => stopping.abort());
      await running;
      // A hub that has asked for patience is not asked again.
      if (clock.monotonic() >= notBefore) await deliver().catch(onFailure);
      abandon();
    },
  };
}

/** As many results as fit into one report. */
function reportOf(results: readonly WaitingResult[], clock: Clock, self: CourierParts['self']) {
  const now = { day: clock.now(), monotonic: clock.monotonic() };
  const batch: WaitingResult[] = [];
  const written: object[] = [];
  let bytes = 0;
  for (const one of results) {
    const json = resultJson(one, now);
    bytes += Buffer.byteLength(JSON.stringify(json));
    if (batch.length > 0 && bytes > MOST_BYTES) break;
    batch.push(one);
    written.push(json);
  }
  return { batch, body: { ...self, sent_at: new Date(now.day).toISOString(), results: written } };
}
