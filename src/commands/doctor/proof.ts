import { verifyHub } from '../../app/agent.ts';
import type { Settings } from '../../config/settings.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Finding } from './finding.ts';

/** Whether the hub would accept a push of this machine. */
export async function examineProof(settings: Settings): Promise<Finding> {
  const part = 'pushes';
  const { isAccepted, reason, answer } = await verifyHub(settings, systemClock);
  if (isAccepted) return { part, status: 'ok', message: `the hub accepts those of ${settings.instanceId}` };
  const isRefused = answer?.status === 401 || answer?.status === 403;
  return {
    ...{ part, status: 'problem', message: `the hub would not accept one: ${reason}` },
    fix: isRefused
      ? `have both sides hold the same WEBHOOK_SECRET_CLUSTER; or on the hub monitor keys create ${settings.instanceId}, here MONITOR_CLUSTER_KEY`
      : 'monitor push-to-hub --verify asks again',
  };
}
