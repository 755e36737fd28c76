import { episodeOf } from '../core/notice/notice.ts';
import type { NotifyPolicy } from '../core/policy/policy.ts';
import type { Outgoing } from './attempts.ts';
import { dedupKeyOf, digestKeyOf } from './messages.ts';

/** By what channels with incidents of their own will know what is about to be sent to them. */
export function ownKeysOf(
  outgoing: readonly Outgoing[],
  { channels }: Pick<NotifyPolicy, 'channels'>,
  hash: (text: string) => string,
): readonly string[] {
  const keeping = outgoing.filter(({ notice }) => channels.get(notice.channel)?.keepsIncidents);
  const digests = new Map<string, string[]>();
  for (const { notice } of keeping) {
    const { digest = null, key = '' } = notice.pending ?? {};
    if (digest !== null) digests.set(digest, [...(digests.get(digest) ?? []), key]);
  }
  const single = keeping.map(({ notice, incident }) => dedupKeyOf(hash, incident.key, episodeOf(notice)));
  return [...new Set([...single, ...[...digests.values()].map((keys) => digestKeyOf(hash, keys))])];
}
