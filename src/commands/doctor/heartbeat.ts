import type { Settings } from '../../config/settings.ts';
import { askHub } from '../hub-client.ts';
import { type Finding, orUnknown } from './finding.ts';

interface State {
  readonly hub: {
    /** Not told by hubs of former versions. */
    readonly heartbeat?: { readonly sent_at: string | null; readonly problem: string | null } | null;
  };
}

/** Whether somebody elsewhere notices when this hub is dead. */
export async function examineHeartbeat(settings: Settings): Promise<Finding[]> {
  const part = 'heartbeat';
  if (settings.heartbeat.url === undefined)
    return [
      {
        ...{ part, status: 'ok', message: 'none is wanted: nobody elsewhere notices when this hub is dead' },
        fix: 'MONITOR_HEARTBEAT_URL (docs/metrics.md#heartbeat)',
      },
    ];
  return orUnknown(part, async () => {
    const { hub } = (await askHub(settings, '/api/v1/status')) as State;
    if (hub.heartbeat == null)
      return [
        {
          ...{ part, status: 'warning', message: 'the hub that runs sends none: it was started without heartbeat.url' },
          fix: 'start it again',
        },
      ];
    const { sent_at: sentAt, problem } = hub.heartbeat;
    const last = sentAt === null ? 'never since the start' : `last at ${sentAt}`;
    if (problem !== null)
      return [{ ...{ part, status: 'problem', message: `not sent, ${last}: ${problem}` }, fix: HELP }];
    return [{ part, status: 'ok', message: sentAt === null ? 'the first one is due soon' : `sent, ${last}` }];
  });
}

const HELP = 'check heartbeat.url with curl, and what else monitor doctor and monitor status show';
