import type { Phases } from '../core/endpoint/result.ts';
import type { Timings } from '../protocols/contract.ts';
import { createTarget, type EndpointLook, type LookTarget, type LookWorld, lookAt } from './look.ts';
import type { LookEntry, Looked } from './runner.ts';

/** An entry bound to its protocol. Throws TargetError and ZodError for what the protocol does not accept. */
export function targetOf(entry: Omit<LookEntry, 'key' | 'intervalMs' | 'retries'>): LookTarget {
  const { url, options, conditions, timeoutMs, ui } = entry;
  return createTarget({
    ...{ url, options: JSON.parse(options.reveal()) as object, conditions, timeoutMs },
    ...{ conditionsAsWritten: ui.conditionsAsWritten, conditionsResolved: ui.conditionsResolved },
  });
}

/** Looks at entries, each of which is bound to its protocol once. Never rejects: what cannot be looked at here is no word against it. */
export function createLooker(world: LookWorld): (entry: LookEntry, cancel: AbortSignal) => Promise<Looked> {
  const targets = new WeakMap<LookEntry, LookTarget>();
  const boundOf = (entry: LookEntry) => {
    const known = targets.get(entry);
    if (known !== undefined) return known;
    const made = targetOf(entry);
    targets.set(entry, made);
    return made;
  };
  return async (entry, cancel) => {
    const { clock } = world;
    let target: LookTarget;
    try {
      target = boundOf(entry);
    } catch (error) {
      const errors = [`this probe cannot look at it: ${(error as Error).message}`];
      const nothing = { durationMs: 0, conditions: [], certificateMs: null };
      return { ...nothing, success: false, at: clock.now(), errors, abstains: true };
    }
    return lookedOf(await lookAt(target, world, cancel), clock.now());
  };
}

/** Tenths of a millisecond are as much as anybody reads. */
function phasesOf({ dnsMs, connectMs, tlsMs, firstByteMs }: Timings): Phases {
  const tenths = (ms: number | null) => (ms === null ? null : Math.round(ms * 10) / 10);
  return { dnsMs: tenths(dnsMs), connectMs: tenths(connectMs), tlsMs: tenths(tlsMs), firstByteMs: tenths(firstByteMs) };
}

function lookedOf({ success, at, conditions, look }: EndpointLook, now: number): Looked {
  const failed = conditions.filter((one) => !one.success).map(({ condition }) => condition);
  const { certificate, error, timings } = look;
  return {
    ...{ success, at, durationMs: Math.round(timings.totalMs), abstains: false },
    errors: error === null ? failed : [error.message],
    conditions,
    certificateMs: certificate === null ? null : certificate.expiresAt - now,
    phases: phasesOf(timings),
  };
}
