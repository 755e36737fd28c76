/** The hub that leads. */
export interface Leader {
  /** Its INSTANCE_ID. */
  readonly name: string;
  /** By its own clock, UTC milliseconds. */
  readonly since: number;
  /** Grows by one with every hub that takes the lead. */
  readonly term: number;
}

/** Who of the hubs on one store tells people, as one of them sees it. */
export interface Standing {
  readonly mode: 'leader' | 'follower';
  /** `alone` for a hub with a store of its own, which always leads. */
  readonly among: 'alone' | 'shared_store';
  readonly isLeading: boolean;
  /** null while nobody leads. */
  readonly leader: Leader | null;
}

/** What a person asks: that this hub leads, or that another does. */
export type StandbyWish = 'promote' | 'stepdown';

/** What came of it. */
export type StandbyResult =
  | { readonly outcome: 'done' | 'unchanged'; readonly standing: Standing }
  | { readonly outcome: 'refused'; readonly reason: string };

/** The name of whoever takes the lead at a time, as the store keeps it. */
export function leaderName(holder: string, since: number): string {
  return `${holder} ${since}`;
}

/** The leader by that name; the part between name and time tells two processes of one hub apart. */
export function leaderOf(name: string, term: number): Leader {
  const words = name.split(' ');
  const since = Number(words.at(-1));
  return { name: words.slice(0, -2).join(' '), since: Number.isFinite(since) ? since : 0, term };
}
