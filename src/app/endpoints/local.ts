import { availableParallelism } from 'node:os';
import type { EndpointEntry, EndpointsDocument } from '../../config/endpoints/document.ts';
import type { Settings } from '../../config/settings.ts';
import { LOCAL_PROBE } from '../../core/endpoint/endpoint.ts';
import { type EndpointLook, lookAt } from '../../endpoints/look.ts';
import { createLooker, targetOf } from '../../endpoints/looker.ts';
import { probesOf } from '../../endpoints/plan.ts';
import { createRunner, type Runner } from '../../endpoints/runner.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Engine } from '../engine/contract.ts';
import { createLookWorld } from './world.ts';

/** Looks that may be under way at once, for each processor: they wait for others nearly all of their time. */
export const LOOKS_PER_PROCESSOR = 50;

// Somebody waits for it.
const LONGEST_TRY_MS = 30_000;

/** One look that somebody asks for, beside the plan. Never rejects. */
export function tryOnce(settings: Settings, clock: Clock, entry: EndpointEntry): Promise<EndpointLook> {
  const target = targetOf({ ...entry, timeoutMs: Math.min(entry.timeoutMs, LONGEST_TRY_MS) });
  return lookAt(target, createLookWorld(settings, clock));
}

/** The probe `local`: the hub's own looks, which are one witness more. */
export function createLocalProbe(
  settings: Settings,
  clock: Clock,
  { report }: Pick<Engine, 'report'>,
  onFailure: (error: unknown) => void,
): Omit<Runner, 'reload'> & { reload(document: EndpointsDocument): void } {
  const runner = createRunner({
    clock,
    mostAtOnce: LOOKS_PER_PROCESSOR * availableParallelism(),
    probe: LOCAL_PROBE,
    look: createLooker(createLookWorld(settings, clock)),
    tell: async ({ key }, looked) => {
      const looks = [{ key, probe: LOCAL_PROBE, ...looked }];
      await report({ sighting: null, looks, receivedAt: clock.now() }).catch(onFailure);
    },
  });
  return {
    ...runner,
    reload: ({ endpoints, probes }) =>
      runner.reload(endpoints.filter((entry) => entry.enabled && probesOf(entry, probes).includes(LOCAL_PROBE))),
  };
}
