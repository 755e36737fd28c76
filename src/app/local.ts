import { hostname } from 'node:os';
import { pushOnce } from '../agent/push.ts';
import { createSchedule } from '../agent/schedule.ts';
import type { Settings } from '../config/settings.ts';
import type { Answer, Delivery } from '../core/submission.ts';
import { cluster } from '../drivers/cluster.ts';
import type { Clock } from '../lib/clock.ts';
import type { HttpResult } from '../lib/http/client.ts';
import type { Part } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log/logger.ts';
import { answerJson } from '../web/webhook/intake.ts';
import { collector, logOutcome, readClocks } from './agent.ts';

const GRACE_MS = 5_000;

/**
 * The checks of a standalone machine: the same runs as an agent's, spool included, but told to the store of this
 * process, as alerts of the source `local`. Their state is not an agent's: one may push from the same folder to a hub.
 */
export function createLocalPart(
  settings: Settings,
  clock: Clock,
  logger: Logger,
  submit: (delivery: Delivery) => Promise<Answer>,
): Part {
  const log = logger.child({ part: 'checks' });
  const { stateDir, spool, pushTimeoutMs, pushIntervalMs, instanceId } = settings;
  const collect = collector(settings, clock, settings.checkersEnabled);
  return createSchedule({
    name: 'checks',
    intervalMs: pushIntervalMs,
    graceMs: GRACE_MS,
    clock,
    run: async (signal) => {
      const outcome = await pushOnce({
        sender: { instanceId, hostname: hostname() },
        clock,
        stateDir,
        owner: 'local',
        spool,
        lockWaitMs: pushTimeoutMs,
        tell: log,
        clocks: () => readClocks(clock),
        collect: (remembered) => collect(remembered, signal),
        post: (body) => take(body, clock.now(), submit),
        signal,
      });
      logOutcome(outcome, log);
    },
    onError: (error) => log.error({ error }, 'checks failed'),
  });
}

async function take(body: string, now: number, submit: (delivery: Delivery) => Promise<Answer>): Promise<HttpResult> {
  const parsed = cluster.parse(JSON.parse(body), { userAgent: '', receivedAt: now });
  if (!parsed.ok) return { ok: false, kind: 'invalid', permanent: true, reason: parsed.message };
  const { alerts, errors } = parsed;
  try {
    const answer = await submit({
      source: 'local',
      origin: '',
      actor: 'local',
      receivedAt: now,
      alerts,
      errors,
      replay: null,
      instance: null,
    });
    return { ok: true, status: 200, body: JSON.stringify(answerJson(answer)), headers: {} };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, kind: 'status', permanent: false, reason };
  }
}
