import { episodeOf } from '../core/notice/notice.ts';
import type { NotifyPolicy } from '../core/policy/policy.ts';
import type { OwnKey } from '../stores/contract/notices.ts';
import type { Outgoing } from './attempts.ts';
import { dedupKeyOf, digestKeyOf } from './keys.ts';

/** By what channels with incidents of their own will know what is about to be sent to them. */
export function ownKeysOf(
  outgoing: readonly Outgoing[],
  { channels }: Pick<NotifyPolicy, 'channels'>,
  hash: (text: string) => string,
): readonly OwnKey[] {
  const keeping = outgoing.filter(({ notice }) => channels.get(notice.channel)?.keepsIncidents);
  const digests = new Map<string, string[]>();
  for (const { notice } of keeping) {
    const { digest = null, key = '' } = notice.pending ?? {};
    if (digest !== null) digests.set(digest, [...(digests.get(digest) ?? []), key]);
  }
  const found = new Map<string, OwnKey>();
  for (const keys of digests.values()) {
    const key = digestKeyOf(hash, keys);
    found.set(key, { key, incidentId: null });
  }
  for (const { notice, incident } of keeping) {
    const key = dedupKeyOf(hash, incident.key, episodeOf(notice));
    found.set(key, { key, incidentId: incident.id });
  }
  return [...found.values()];
}
