import type { Settings } from '../../config/settings.ts';
import { getJson } from '../../lib/http/client.ts';
import { isLoopback } from '../../lib/http/loopback.ts';
import type { Finding } from './finding.ts';
import { examineHeartbeat } from './heartbeat.ts';
import { examineNotices } from './notices.ts';
import { examineEndpoints } from './watching.ts';

/** Times that a question of the examination may take. */
export const TIMEOUTS = { connectMs: 5_000, headersMs: 5_000, bodyMs: 5_000 };
/** Signed pushes are refused when the clocks of both sides are further apart than this (docs/protocol.md). */
const CLOCK_LIMIT_MS = 300_000;
const CLOCK_NOTICED_MS = 5_000;

/** The hub that this machine pushes to, as a variable names it: does it answer, is it ready, and does its clock agree. */
export async function examineHub(
  settings: Settings,
  hubUrl: string,
  now: () => number,
  variable = 'HUB_URL',
): Promise<Finding[]> {
  const { proxy, caFile, version, allowPlainHttp } = settings;
  const url = new URL(`${hubUrl}/readyz`);
  const how = { userAgent: `monitor/${version}`, proxy, caFile, allow: 'any' as const, timeouts: TIMEOUTS };
  const result = await getJson({ url, headers: {} }, how);
  const part = 'hub';
  const plain: Finding[] =
    url.protocol === 'http:' && !isLoopback(url.hostname) && !allowPlainHttp
      ? [
          {
            ...{ part, status: 'warning', message: `${hubUrl} is plain http: what is pushed can be read on the way` },
            fix: 'use https, or say that the way is safe with MONITOR_ALLOW_PLAIN_HTTP=1',
          },
        ]
      : [];
  if (result.status === undefined)
    return [
      ...plain,
      {
        ...{ part, status: 'problem', message: `${hubUrl} cannot be reached: ${result.ok ? '' : result.reason}` },
        fix: `set ${variable} to the address of the hub, and run monitor doctor there`,
      },
    ];
  if (!result.ok) {
    const status = result.status === 503 ? 'not ready' : `an answer that no hub gives (${result.status})`;
    return [
      ...plain,
      {
        ...{
          part,
          status: 'problem',
          message: `${hubUrl} is ${result.status === 503 ? '' : 'reached, with '}${status}: ${result.reason}`,
        },
        fix: result.status === 503 ? 'look at the log of the hub' : `${variable} must be the base address of a hub`,
      },
    ];
  }
  return [
    ...plain,
    { part, status: 'ok', message: `${hubUrl} answers, and is ready` },
    ...clock(result.headers.date, now()),
  ];
}

function clock(date: string | undefined, now: number): Finding[] {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return [];
  const apart = Math.abs(theirs - now);
  const message = `${Math.round(apart / 1000)} s apart from that of the hub`;
  if (apart < CLOCK_NOTICED_MS) return [{ part: 'clock', status: 'ok', message: 'agrees with that of the hub' }];
  const status = apart >= CLOCK_LIMIT_MS ? ('problem' as const) : ('warning' as const);
  const refused = apart >= CLOCK_LIMIT_MS ? ': signed pushes are refused' : '';
  return [
    {
      part: 'clock',
      status,
      message: `${message}${refused}`,
      fix: 'set the clock, for example with systemd-timesyncd or chrony',
    },
  ];
}

/** The hub that runs here or answers the questions of this machine: is it there, and what of its notices is stuck. */
export async function examineOwnHub(settings: Settings, notifies: boolean | null): Promise<Finding[]> {
  const part = 'this hub';
  const { proxy, caFile, version, url } = settings;
  const how = { userAgent: `monitor/${version}`, proxy, caFile, allow: 'any' as const, timeouts: TIMEOUTS };
  const result = await getJson({ url: new URL(`${url}/readyz`), headers: {} }, how);
  if (result.status === undefined)
    return [
      {
        part,
        status: 'warning',
        message: `nothing answers at ${url}`,
        fix: 'monitor serve, or sudo systemctl start monitor-hub',
      },
    ];
  if (!result.ok) return [{ part, status: 'problem', message: `${url}: ${result.reason}`, fix: 'look at its log' }];
  return [
    { part, status: 'ok', message: `${url} answers, and is ready` },
    ...(notifies ? await examineNotices(settings) : []),
    ...(await examineEndpoints(settings)),
    ...(await examineHeartbeat(settings)),
  ];
}
