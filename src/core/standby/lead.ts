// Who of several hubs on one store leads: the state of one of them. The store grants a lease, under a number that only
// grows; what this hub may do follows from when it asked, by a time that never stands still and never goes back.

/** Figures of the lease, in milliseconds; what they come to is in docs/standby.md. */
export const LEAD = {
  /** For so long the store grants it. */
  leaseMs: 5000,
  /** So often its holder asks again. */
  renewMs: 1500,
  /** By so much the clocks of two machines may run apart: one part in ten covers a clock that is being slewed. */
  drift: 0.1,
  /** What an answer may take on its way, and a process to be woken. */
  guardMs: 500,
  /** A taker asks so long after the lease has run out. */
  wakeMs: 50,
  /** After a store that did not answer. */
  pauseMs: 250,
  /** Lost so often within so long, a hub waits before it takes it again. */
  losses: { most: 3, withinMs: 600_000, waitMs: 60_000 },
} as const;

/** How a hub stands. Times are milliseconds of its elapsed time. */
export interface LeadState {
  readonly isLeading: boolean;
  /** The number of the lease that it has, or had last; 0 for none yet. */
  readonly term: number;
  /** When it ceases to lead unless it is granted the lease again. */
  readonly endsAt: number;
  /** When it asks the store next. */
  readonly askAt: number;
  /** Before that it does not ask to lead. */
  readonly restUntil: number;
  /** When it lost the lead, without having given it back. */
  readonly lostAt: readonly number[];
}

/** What the store answered, or a person asked. */
export type LeadEvent =
  /** `askedAt` is when the question was sent: the lease counts from there. */
  | { readonly kind: 'granted'; readonly askedAt: number; readonly term: number }
  /** Another hub has it for so many milliseconds, as far as the store says. */
  | { readonly kind: 'refused'; readonly remainingMs: number }
  | { readonly kind: 'failed' }
  /** Time has passed. */
  | { readonly kind: 'looked' }
  /** It was given back, and is left to others for a while. */
  | { readonly kind: 'stepped_down' }
  /** It was given to one that asked for it. */
  | { readonly kind: 'handed_over' }
  /** It is to lead, whatever it rests for. */
  | { readonly kind: 'promoted' };

/** How a hub begins, always without the lead. One that follows leaves the first word to the others. */
export function beginLead(mode: 'leader' | 'follower', now: number): LeadState {
  const askAt = mode === 'leader' ? now : now + LEAD.leaseMs + LEAD.wakeMs;
  return { isLeading: false, term: 0, endsAt: now, askAt, restUntil: askAt, lostAt: [] };
}

/** Whether it leads at a time; by that alone, however late anything else happens. */
export function isLeadingAt({ isLeading, endsAt }: LeadState, now: number): boolean {
  return isLeading && now < endsAt;
}

/** How it stands after an event. */
export function nextLead(before: LeadState, event: LeadEvent, now: number): LeadState {
  const state = expired(before, now);
  switch (event.kind) {
    case 'granted': {
      const endsAt = event.askedAt + LEAD.leaseMs * (1 - LEAD.drift) - LEAD.guardMs;
      // An answer that was so long on its way grants nothing; the same question is answered anew.
      if (now >= endsAt) return { ...state, term: event.term, askAt: now + LEAD.pauseMs };
      return {
        ...state,
        isLeading: true,
        term: event.term,
        endsAt,
        askAt: Math.max(now, event.askedAt + LEAD.renewMs),
      };
    }
    case 'refused': {
      const lost = state.isLeading ? withLoss(state, now) : state;
      const askAt = now + Math.min(LEAD.renewMs, Math.max(0, event.remainingMs) + LEAD.wakeMs);
      return { ...lost, isLeading: false, askAt: Math.max(askAt, lost.restUntil) };
    }
    case 'failed':
      return { ...state, askAt: now + LEAD.pauseMs };
    case 'looked':
      return state;
    case 'stepped_down': {
      const restUntil = now + 2 * LEAD.leaseMs;
      return { ...state, isLeading: false, endsAt: now, askAt: restUntil, restUntil };
    }
    case 'handed_over':
      return { ...state, isLeading: false, endsAt: now, askAt: now + LEAD.renewMs };
    case 'promoted':
      return { ...state, askAt: now, restUntil: now };
  }
}

/** A lead whose time has run out is lost. */
function expired(state: LeadState, now: number): LeadState {
  return !state.isLeading || now < state.endsAt ? state : { ...withLoss(state, now), isLeading: false };
}

function withLoss(state: LeadState, now: number): LeadState {
  const { most, withinMs, waitMs } = LEAD.losses;
  const lostAt = [...state.lostAt, now].filter((at) => at > now - withinMs).slice(-most);
  const restUntil = lostAt.length === most ? now + waitMs : state.restUntil;
  return { ...state, lostAt, restUntil, askAt: Math.max(state.askAt, restUntil) };
}
