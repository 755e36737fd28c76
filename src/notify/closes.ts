import { episodeOf } from '../core/notice/notice.ts';
import type { NoticeReads } from '../stores/contract/notices.ts';
import type { Outgoing } from './attempts.ts';
import { dedupKeyOf } from './keys.ts';

/** What it is found out by. */
export interface ClosesParts {
  readonly store: Pick<NoticeReads, 'hasLiveTold'>;
  readonly hash: (text: string) => string;
}

/**
 * By what a target with incidents of its own knows what is over with these messages: digests of which no incident is live
 * any more, and, where they are a digest themselves, incidents that were told each for itself. Sorted, each once.
 */
export async function closesOf(
  { store, hash }: ClosesParts,
  outgoing: readonly Outgoing[],
): Promise<readonly string[]> {
  const closes = new Set<string>();
  const digests = new Set<string>();
  for (const { notice, incident } of outgoing) {
    const { ref = null, digests: later = [] } = notice.told ?? {};
    if (notice.pending?.speaks.state !== 'resolved' || ref === null) continue;
    const own = dedupKeyOf(hash, incident.key, episodeOf(notice));
    for (const one of [ref, ...later]) if (one !== own) digests.add(one);
    // After a digest told of it, it may have been told for itself as well.
    const isOwn = ref === own || notice.firings + notice.reminders + notice.escalation > 1;
    if (outgoing.length > 1 && isOwn) closes.add(own);
  }
  const channel = outgoing[0]?.notice.channel ?? '';
  for (const ref of digests) if (!(await store.hasLiveTold(channel, ref))) closes.add(ref);
  return [...closes].sort();
}
