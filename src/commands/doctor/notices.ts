import type { Settings } from '../../config/settings.ts';
import { askHub } from '../hub-client.ts';
import { type Finding, orUnknown } from './finding.ts';

interface Dead {
  readonly items: readonly { readonly channel: string; readonly error?: string | null }[];
}

/** What of its notices a hub that runs has given up. */
export async function examineNotices(settings: Settings): Promise<Finding[]> {
  const part = 'notices';
  return orUnknown(part, async () => {
    const dead = (await askHub(settings, '/api/v1/notices', { state: 'dead', limit: '500' })) as Dead;
    const channels = [...new Set(dead.items.map(({ channel }) => channel))];
    if (channels.length === 0) return [{ part, status: 'ok', message: 'none was given up' }];
    return [
      {
        ...{ part, status: 'warning', message: `${dead.items.length} were given up on ${channels.join(', ')}` },
        fix: `monitor notify test ${channels[0]}, then monitor outbox retry --all --channel ${channels[0]}`,
      },
    ];
  });
}
