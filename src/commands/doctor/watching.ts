import type { Settings } from '../../config/settings.ts';
import { askHub } from '../hub-client.ts';
import { type Finding, orUnknown } from './finding.ts';

interface Counted {
  readonly counts: Readonly<Record<'up' | 'down' | 'unknown', number>>;
}
interface Probes {
  readonly items: readonly {
    readonly id: string;
    readonly is_stale: boolean;
    readonly last_seen_at: string | null;
    readonly assigned: number;
    readonly clock_offset_ms: number | null;
  }[];
}
const CLOCK_NOTICED_MS = 5000;

/** What a hub that runs looks at: do its probes come, and is anything known of its endpoints. */
export async function examineEndpoints(settings: Settings): Promise<Finding[]> {
  if (settings.endpointsFile === undefined) return [];
  return orUnknown('endpoints', async () => {
    const { counts } = (await askHub(settings, '/api/v1/endpoints', { limit: '1' })) as Counted;
    const { items } = (await askHub(settings, '/api/v1/probes')) as Probes;
    return [endpointsFinding(counts), ...items.flatMap(probeFindings)];
  });
}

function endpointsFinding({ up, down, unknown }: Counted['counts']): Finding {
  const part = 'endpoints';
  const all = up + down + unknown;
  if (all === 0)
    return { part, status: 'ok', message: 'the hub that runs looks at none yet', fix: 'monitor config apply --yes' };
  const message = `${up} of ${all} are up${down > 0 ? `, ${down} down` : ''}`;
  if (unknown === 0) return { part, status: 'ok', message };
  return {
    ...{ part, status: 'warning', message: `${message}; of ${unknown} nothing is known: too few probes testify` },
    fix: 'monitor endpoints list --state unknown, and the probes below',
  };
}

function probeFindings({
  id,
  is_stale: isStale,
  last_seen_at: seen,
  assigned,
  clock_offset_ms: off,
}: Probes['items'][number]): Finding[] {
  const part = `probe ${id}`;
  if (isStale)
    return [
      {
        ...{ part, status: 'problem', message: seen === null ? 'has never come' : `has not come since ${seen}` },
        fix: 'run monitor doctor on its machine, with MONITOR_MODE=probe as it runs there',
      },
    ];
  if (off !== null && Math.abs(off) >= CLOCK_NOTICED_MS)
    return [
      {
        ...{
          part,
          status: 'warning',
          message: `its clock is ${Math.round(Math.abs(off) / 1000)} s ${off > 0 ? 'ahead' : 'behind'}`,
        },
        fix: 'set its clock, for example with systemd-timesyncd or chrony',
      },
    ];
  if (assigned === 0)
    return [
      {
        ...{ part, status: 'warning', message: 'comes, and looks at nothing' },
        fix: `name it in monitored_by of an endpoint, or its region in regions`,
      },
    ];
  return [
    { part, status: 'ok', message: `comes, and looks at ${assigned} ${assigned === 1 ? 'endpoint' : 'endpoints'}` },
  ];
}
