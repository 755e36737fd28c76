import * as z from 'zod';
import type { Phases } from '../../core/endpoint/result.ts';
import { Secret } from '../../lib/crypto/secret.ts';
import type { LookAsk, LookEntry, Looked } from '../runner.ts';

const text = z.string();

/** What a hub says that a probe is to look at; what a later hub says beside that is passed over. */
const ASSIGNMENTS = z.object({
  checksum: text,
  endpoints: z.array(
    z.object({
      ...{ key: text, url: text, interval_ms: z.number().positive(), timeout_ms: z.number().positive() },
      ...{ conditions: z.array(text), retries: z.number().min(0).default(0), conditions_as_written: z.boolean() },
      conditions_resolved: z.boolean().default(false),
      options: z.record(text, z.unknown()),
    }),
  ),
  asked: z.array(z.object({ key: text, at: z.iso.datetime() })).default([]),
});

/** What a probe is to look at, and the checksum of it. */
export interface Assignments {
  readonly checksum: string;
  readonly entries: readonly LookEntry[];
  /** Looks that are asked for at once. */
  readonly asked: readonly LookAsk[];
}

/** What is to be looked at, as the runner takes it; null for what no hub of this version has written. */
export function assignmentsIn(body: string): Assignments | null {
  const read = ASSIGNMENTS.safeParse(parsed(body));
  if (!read.success) return null;
  const { checksum, endpoints, asked } = read.data;
  const entries = endpoints.map(({ key, url, options, conditions, ...one }) => ({
    ...{ key, url, conditions, options: new Secret(JSON.stringify(options)) },
    ...{ intervalMs: one.interval_ms, timeoutMs: one.timeout_ms, retries: one.retries },
    ui: { conditionsAsWritten: one.conditions_as_written, conditionsResolved: one.conditions_resolved },
  }));
  return { checksum, entries, asked: asked.map(({ key, at }) => ({ key, at: Date.parse(at) })) };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** A result that waits, with the time by the clock that only grows. */
export interface WaitingResult extends Omit<Looked, 'at'> {
  readonly key: string;
  readonly atMonotonic: number;
}

/** How the time of a look was spent, as it crosses the wire. */
export function phasesJson({ dnsMs, connectMs, tlsMs, firstByteMs }: Phases) {
  return { dns_ms: dnsMs, connect_ms: connectMs, tls_ms: tlsMs, first_byte_ms: firstByteMs };
}

/** A result in the words of a report; `now` is the same moment on the clock of the day and on the one that only grows. */
export function resultJson(waiting: WaitingResult, now: { readonly day: number; readonly monotonic: number }): object {
  const { key, success, durationMs, errors, conditions, abstains, certificateMs, atMonotonic, phases } = waiting;
  return {
    ...{ key, success, abstain: abstains, duration_ms: durationMs },
    timestamp: new Date(now.day - (now.monotonic - atMonotonic)).toISOString(),
    ...(errors.length > 0 && { errors }),
    ...(conditions.length > 0 && { condition_results: conditions }),
    ...(certificateMs !== null && { certificate_ms: certificateMs }),
    ...(phases !== undefined && { phases: phasesJson(phases) }),
  };
}
