import type { Settings } from '../../config/settings.ts';
import { roleOf } from '../../core/role.ts';
import type { Finding } from './finding.ts';
import { isProbe } from './probe.ts';

type Roles = Pick<Settings, 'hubUrl' | 'clusterEnabled'>;

/** Whether this machine pushes to a hub. */
export const isAgent = ({ hubUrl }: Roles): boolean => hubUrl !== undefined;

/** Whether this machine keeps alerts, its own or those of others. */
export const isHub = ({ hubUrl, clusterEnabled }: Roles): boolean => clusterEnabled || hubUrl === undefined;

/** What this machine is by its settings, and why. */
export function examineRole({ hubUrl, clusterEnabled, mode }: Roles & Parameters<typeof isProbe>[0]): Finding {
  if (isProbe({ mode })) return { part: 'role', status: 'ok', message: `probe, because MONITOR_MODE is ${mode}` };
  const { role, reason } = roleOf(hubUrl, clusterEnabled);
  return { part: 'role', status: 'ok', message: `${role}, because ${reason}` };
}

/** By what pushes prove where they come from. */
export function examineSecrets(settings: Settings): Finding[] {
  const part = 'secrets';
  const { clusterSecret, clusterKey, hubApiKey, webhookSecrets, clusterEnabled } = settings;
  const findings: Finding[] = [];
  if (isAgent(settings)) {
    const proof = clusterKey
      ? 'a key of this instance'
      : clusterSecret
        ? 'the shared secret'
        : hubApiKey
          ? 'an API key'
          : null;
    findings.push(
      proof === null
        ? {
            ...{
              part,
              status: 'warning',
              message: 'pushes are not signed: the hub takes them only if it wants no proof',
            },
            fix: 'on the hub: monitor keys create NAME --output FILE; here: MONITOR_CLUSTER_KEY_FILE=FILE',
          }
        : { part, status: 'ok', message: `pushes are proved by ${proof}` },
    );
  }
  if (clusterEnabled && (webhookSecrets.cluster ?? []).length === 0)
    findings.push({
      ...{ part, status: 'warning', message: 'no secret for pushes of agents: only keys of instances are taken' },
      fix: 'monitor keys create NAME, or WEBHOOK_SECRET_CLUSTER_FILE',
    });
  return findings;
}
