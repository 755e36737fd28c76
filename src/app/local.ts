import { hostname } from 'node:os';
import { type PushOutcome, pushOnce } from '../agent/push.ts';
import { type Failure, type Receipt, refusedBy } from '../agent/receipt.ts';
import { createSchedule } from '../agent/schedule.ts';
import type { Settings } from '../config/settings.ts';
import type { PushBody } from '../core/cluster/payload.ts';
import type { Answer, Submission } from '../core/submission.ts';
import { cluster } from '../drivers/cluster.ts';
import type { Clock } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log/logger.ts';
import { collector, logOutcome, readClocks } from './agent.ts';

const GRACE_MS = 5_000;

/** Takes what was found on this machine into the store of this process. */
type Submit = (submission: Submission) => Promise<Answer>;

/** One run of the checks of this machine, told to the store of this process. Throws SelectionError. */
export function localChecks(
  settings: Settings,
  clock: Clock,
  logger: Logger,
  submit: Submit,
): (signal: AbortSignal) => Promise<PushOutcome> {
  const log = logger.child({ part: 'checks' });
  const { stateDir, spool, pushTimeoutMs, instanceId } = settings;
  const collect = collector(settings, clock, settings.checkersEnabled);
  return async (signal) => {
    const outcome = await pushOnce({
      sender: { instanceId, hostname: hostname() },
      clock,
      stateDir,
      owner: 'local',
      spool,
      lockWaitMs: pushTimeoutMs,
      log,
      clocks: () => readClocks(clock),
      collect: (remembered) => collect(remembered, signal),
      post: (push) => accept(push, clock.now(), submit),
      signal,
    });
    logOutcome(outcome, log);
    return outcome;
  };
}

/**
 * The checks of a standalone machine: the same runs as an agent's, spool included, but told to the store of this
 * process, as alerts of the source `local`. Their state is not an agent's: one may push from the same folder to a hub.
 */
export function createLocalPart(settings: Settings, clock: Clock, logger: Logger, submit: Submit): Part {
  const log = logger.child({ part: 'checks' });
  const check = localChecks(settings, clock, logger, submit);
  return createSchedule({
    name: 'checks',
    intervalMs: settings.pushIntervalMs,
    graceMs: GRACE_MS,
    clock,
    run: async (signal) => void (await check(signal)),
    onError: (error) => log.error({ error }, 'checks failed'),
  });
}

/** Hands a push to the store of this process, as a hub would, and gives what became of it. */
async function accept(push: PushBody, receivedAt: number, submit: Submit): Promise<Receipt> {
  const parsed = cluster.parse(push, { userAgent: '', receivedAt });
  if (!parsed.ok) return failed('invalid', true, parsed.message);
  const { alerts, errors } = parsed;
  const from = { source: 'local', origin: '', actor: 'local', receivedAt, replay: null, instance: null };
  try {
    const answer = await submit({ ...from, alerts, errors });
    if (answer.outcome === 'refused') return failed('invalid', true, answer.reason);
    const { counts } = answer;
    return {
      counts: {
        alerts_created: counts.alertsCreated,
        alerts_updated: counts.alertsUpdated,
        alerts_resolved: counts.alertsResolved,
        incidents_created: counts.incidentsCreated,
        incidents_updated: counts.incidentsUpdated,
      },
      refused: refusedBy(answer.errors),
      failure: null,
    };
  } catch (error) {
    return failed('status', false, error instanceof Error ? error.message : String(error));
  }
}

function failed(kind: Failure['kind'], permanent: boolean, reason: string): Receipt {
  return { counts: {}, refused: new Map(), failure: { kind, permanent, reason } };
}
