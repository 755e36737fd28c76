import type { Followers } from '../../stores/contract/followers.ts';

/** A store whose followers tell how far the history has grown by what they write. */
export function withWatchedFollowers<S extends Pick<Followers, 'follow'>>(store: S, onGrown: (seq: number) => void): S {
  const follow: Followers['follow'] = async (fence, work, loss) => {
    let highest: number | null = null;
    const result = await store.follow(
      fence,
      (tx) => {
        const addEvents: typeof tx.notices.addEvents = async (events) => {
          const seq = await tx.notices.addEvents(events);
          highest = seq ?? highest;
          return seq;
        };
        return work({ ...tx, notices: { ...tx.notices, addEvents } });
      },
      loss,
    );
    if (highest !== null) onGrown(highest);
    return result;
  };
  return { ...store, follow };
}
