import { createTarget, type EndpointLook, type LookTarget, type LookWorld, lookAt } from './look.ts';
import type { LookEntry, Looked } from './runner.ts';

/** Looks at entries, each of which is bound to its protocol once. Never rejects: what cannot be looked at here is no word against it. */
export function createLooker(world: LookWorld): (entry: LookEntry, cancel: AbortSignal) => Promise<Looked> {
  const targets = new WeakMap<LookEntry, LookTarget>();
  const targetOf = (entry: LookEntry) => {
    const known = targets.get(entry);
    if (known !== undefined) return known;
    const { url, options, conditions, timeoutMs, ui } = entry;
    const bound = JSON.parse(options.reveal()) as object;
    const made = createTarget({
      ...{ url, options: bound, conditions, timeoutMs },
      ...{ conditionsAsWritten: ui.conditionsAsWritten, conditionsResolved: ui.conditionsResolved },
    });
    targets.set(entry, made);
    return made;
  };
  return async (entry, cancel) => {
    const { clock } = world;
    let target: LookTarget;
    try {
      target = targetOf(entry);
    } catch (error) {
      const errors = [`this probe cannot look at it: ${(error as Error).message}`];
      const nothing = { durationMs: 0, conditions: [], certificateMs: null };
      return { ...nothing, success: false, at: clock.now(), errors, abstains: true };
    }
    return lookedOf(await lookAt(target, world, cancel), clock.now());
  };
}

function lookedOf({ success, at, conditions, look }: EndpointLook, now: number): Looked {
  const failed = conditions.filter((one) => !one.success).map(({ condition }) => condition);
  const { certificate, error, timings } = look;
  return {
    ...{ success, at, durationMs: Math.round(timings.totalMs), abstains: false },
    errors: error === null ? failed : [error.message],
    conditions,
    certificateMs: certificate === null ? null : certificate.expiresAt - now,
  };
}
