import { neededOf } from '../../app/probe.ts';
import { ConfigError } from '../../config/error.ts';
import type { Settings } from '../../config/settings.ts';
import { postJson } from '../../lib/http/client.ts';
import type { Finding } from './finding.ts';
import { examineHub, TIMEOUTS } from './network.ts';

/** Whether this process looks at endpoints for a hub, and does nothing else. */
export const isProbe = ({ mode }: { readonly mode?: Settings['mode'] | undefined }): boolean =>
  mode === 'probe' || mode === 'agent';

/** A probe: is it said whose it is, do its hubs answer, and do they take its token. */
export async function examineProbe(settings: Settings, now: () => number): Promise<Finding[]> {
  try {
    const { hubs, id, token } = neededOf(settings);
    const found: Finding[] = [];
    for (const hub of hubs) {
      const reached = await examineHub(settings, hub, now, 'MONITOR_PEER_URL');
      found.push(...reached);
      if (!reached.some(({ status }) => status === 'problem')) found.push(await examineToken(settings, hub, id, token));
    }
    return found;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((message): Finding => ({ part: 'probe', status: 'problem', message }));
  }
}

/** Shows the token with a request that says nothing: a hub looks at the token first. */
async function examineToken(
  { proxy, caFile, version }: Settings,
  hub: string,
  id: string,
  token: ReturnType<typeof neededOf>['token'],
): Promise<Finding> {
  const part = 'probe';
  const url = new URL(`${hub}/api/v1/probes/${encodeURIComponent(id)}/results`);
  const headers = { authorization: `Bearer ${token.reveal()}`, 'content-type': 'application/json' };
  const how = { userAgent: `monitor/${version}`, proxy, caFile, allow: 'any' as const, timeouts: TIMEOUTS };
  const { status } = await postJson({ url, headers, body: '{}' }, how);
  if (status === 400 || status === 422) return { part, status: 'ok', message: `${hub} takes the token of ${id}` };
  if (status === 401 || status === 403)
    return {
      ...{ part, status: 'problem', message: `${hub} does not know a probe ${id} with this token, or not from here` },
      fix: `on the hub: monitor probes list, then monitor probes rotate ${id}; here: MONITOR_NODE_ID, MONITOR_PROBE_TOKEN_FILE`,
    };
  return {
    ...{ part, status: 'problem', message: `${hub} answers ${status ?? 'nothing'} where probes are asked for` },
    fix: 'MONITOR_PEER_URL must be the base address of a hub of this version or a later one',
  };
}
