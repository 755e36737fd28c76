import type { EndpointsDocument } from '../../config/endpoints/document.ts';
import type { Settings } from '../../config/settings.ts';
import { LOCAL_PROBE } from '../../core/endpoint/endpoint.ts';
import type { ProbeReport } from '../../endpoints/commit.ts';
import { type EndpointPlan, endpointPlan, endpointSetup } from '../../endpoints/plan.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/log/logger.ts';
import { throttledErrors } from '../../lib/log/throttled.ts';
import type { EndpointParts } from '../../web/endpoints/routes.ts';
import { createLookCounter } from '../../web/metrics/looks.ts';
import type { ProbeParts } from '../../web/probes/agents.ts';
import { asksFor, createProbeDesk } from '../../web/probes/desk.ts';
import { createPushDesk, type PushParts } from '../../web/push/desk.ts';
import type { StatusPageParts } from '../../web/status-page/routes.ts';
import type { Engine } from '../engine/contract.ts';
import type { Reader } from '../reader/contract.ts';
import { NOTHING_WATCHED } from './configured.ts';
import type { createLocalProbe } from './local.ts';

/** What a hub has of endpoints in front of its engine. */
export interface HubEndpoints {
  /** What the engine judges by. */
  readonly plan: () => EndpointPlan;
  /** Goes on by another document. */
  readonly reload: (
    next: EndpointsDocument,
    settings: Settings,
    engine: Pick<Engine, 'reloadEndpoints'>,
  ) => Promise<void>;
  /** What the API needs. */
  readonly api: (
    engine: Pick<Engine, 'report'>,
    reader: Pick<Reader, 'endpoints'>,
  ) => ProbeParts & PushParts & Pick<EndpointParts, 'endpoints'> & Pick<StatusPageParts, 'statusPage'>;
  /** The hub's own looks. */
  readonly look: (engine: Pick<Engine, 'report'>) => Part;
}

// Looks that people ask for, at once.
const MOST_TRIED = 4;

/** Puts it together. */
export function createHubEndpoints(
  configured: EndpointsDocument,
  settings: Settings,
  clock: Clock,
  logger: Logger,
): HubEndpoints {
  let document = configured;
  let setup = endpointSetup(endpointPlan(document));
  let { statusPage } = settings;
  let trying = 0;
  let local: ReturnType<typeof createLocalProbe> | null = null;
  // From the start of the hub's looks to their stop.
  let begin: (() => Promise<void>) | null = null;
  const watched = (key: string) => setup.watched.get(key);
  const tellFailure = throttledErrors(clock, logger);
  const looks = createLookCounter((key) => setup.watched.has(key));
  const counted =
    ({ report }: Pick<Engine, 'report'>): Engine['report'] =>
    async (given) => {
      await report(given);
      looks.count(given);
    };
  return {
    plan: () => endpointPlan(document),
    reload: async (next, { statusPage: page }, engine) => {
      await engine.reloadEndpoints(endpointPlan(next));
      document = next;
      statusPage = page;
      setup = endpointSetup(endpointPlan(next));
      if (local === null) await begin?.();
      else local.reload(document);
    },
    look: (engine) => ({
      name: 'looks at endpoints',
      start: async () => {
        begin = async () => {
          // Nothing is loaded for it where nothing is looked at.
          if (document === NOTHING_WATCHED) return;
          const { createLocalProbe } = await import('./local.ts');
          if (begin === null) return;
          local ??= createLocalProbe(settings, clock, { report: counted(engine) }, (error) =>
            tellFailure('a look could not be kept', error),
          );
          local.reload(document);
        };
        await begin();
      },
      stop: async () => {
        begin = null;
        await local?.stop();
      },
    }),
    api: (engine, { endpoints }) => {
      const keep = counted(engine);
      const report = async (given: ProbeReport) => {
        await keep(given);
        // Where another probe fails, the hub's own is asked as the others are.
        const isAsked = given.looks.some(({ key, success }) => !success && watched(key)?.confirm === true);
        if (!isAsked || local === null) return;
        const { ask } = local;
        await endpoints
          .endpointStates()
          .then((states) => ask(asksFor(LOCAL_PROBE, states, watched, clock.now())))
          .catch((error: unknown) => tellFailure('a look that was asked for could not be begun', error));
      };
      return {
        endpoints: {
          document: () => document,
          watched: () => [...setup.watched.values()],
          isMaintained: (key, at) => setup.chargeable(key)({ from: at, to: at + 1 }).length === 0,
          reads: endpoints,
          looks: looks.read,
          tryNow: async (entry) => {
            if (trying >= MOST_TRIED) return null;
            trying += 1;
            try {
              const { tryOnce } = await import('./local.ts');
              return await tryOnce(settings, clock, entry);
            } finally {
              trying -= 1;
            }
          },
        },
        pushes: createPushDesk({ document: () => document, report, now: clock.now }),
        statusPage: () => statusPage,
        probes: createProbeDesk({ document: () => document, watched, report, reads: endpoints, now: clock.now }),
      };
    },
  };
}
