/** What a process is, decided by `HUB_URL` and `CLUSTER_ENABLED` alone, unless `MONITOR_MODE` makes it a probe. */
export type Role = 'standalone' | 'agent' | 'hub' | 'hub + agent' | 'probe';

/** What `MONITOR_MODE` says; `agent` is what a fork of Gatus calls a probe. */
export type Mode = 'leader' | 'follower' | 'probe' | 'agent';

/** The role and the sentence that explains it at start. */
export function roleOf(
  hubUrl: string | undefined,
  clusterEnabled: boolean,
  mode: Mode = 'leader',
): { role: Role; reason: string } {
  if (mode === 'probe' || mode === 'agent') return { role: 'probe', reason: `MONITOR_MODE=${mode}` };
  const url = hubUrl === undefined ? 'HUB_URL is not set' : 'HUB_URL is set';
  const cluster = clusterEnabled ? 'CLUSTER_ENABLED=1' : 'CLUSTER_ENABLED is not 1';
  const role = clusterEnabled
    ? hubUrl === undefined
      ? 'hub'
      : 'hub + agent'
    : hubUrl === undefined
      ? 'standalone'
      : 'agent';
  return { role, reason: `${url} and ${cluster}` };
}
