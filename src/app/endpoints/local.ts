import { availableParallelism } from 'node:os';
import type { EndpointEntry, EndpointsDocument } from '../../config/endpoints/document.ts';
import type { Settings } from '../../config/settings.ts';
import { LOCAL_PROBE } from '../../core/endpoint/endpoint.ts';
import { createTarget, type EndpointLook, lookAt } from '../../endpoints/look.ts';
import { probesOf } from '../../endpoints/plan.ts';
import { createRunner, type Looked, type Runner } from '../../endpoints/runner.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Engine } from '../engine/contract.ts';
import { createLookWorld } from './world.ts';

// Looks wait for others nearly all of their time.
const PER_PROCESSOR = 50;

/** The probe `local`: the hub's own looks, which are one witness more. */
export function createLocalProbe(
  settings: Settings,
  clock: Clock,
  { report }: Pick<Engine, 'report'>,
  onFailure: (error: unknown) => void,
): Omit<Runner, 'reload'> & { reload(document: EndpointsDocument): void } {
  const world = createLookWorld(settings, clock);
  const runner = createRunner({
    clock,
    mostAtOnce: PER_PROCESSOR * availableParallelism(),
    look: async (entry, cancel) => lookedOf(await lookAt(targetOf(entry), world, cancel), clock.now()),
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

function targetOf({ url, options, conditions, timeoutMs, ui }: EndpointEntry) {
  const bound = JSON.parse(options.reveal()) as object;
  return createTarget({ url, options: bound, conditions, timeoutMs, conditionsAsWritten: ui.conditionsAsWritten });
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
