import { FencedError } from './contract/error.ts';
import type { Lease, Leases } from './contract/leases.ts';

/** What a process holds for one work: kept as long as it comes back in time, claimed again when it was lost. */
export interface LeaseHolder {
  /** The lease, renewed or newly claimed; undefined while another holds it. Rejects when the store cannot be asked. */
  hold(): Promise<Lease | undefined>;
  /** Gives it back, so that another has it at once. Rejects when the store cannot be asked: then it runs out by itself. */
  release(): Promise<void>;
}

/** Whose, and for how long. */
export interface LeaseHolderOptions {
  readonly store: Pick<Leases, 'claim' | 'renew' | 'release'>;
  readonly work: string;
  /** Name of this process among all that share the store. */
  readonly holder: string;
  /** For how long it is had without a call of `hold`, in milliseconds: as long does a dead holder's work lie still. */
  readonly ttlMs: number;
}

/** A lease holder that holds nothing yet. Its calls must not overlap. */
export function createLeaseHolder({ store, work, holder, ttlMs }: LeaseHolderOptions): LeaseHolder {
  let lease: Lease | undefined;
  return {
    hold: async () => {
      if (lease === undefined || !(await store.renew(lease, ttlMs))) {
        lease = undefined;
        lease = await store.claim(work, holder, ttlMs);
      }
      return lease;
    },
    release: async () => {
      const held = lease;
      lease = undefined;
      if (held !== undefined) await store.release(held);
    },
  };
}

/** Ends quietly when the lease is lost on the way: whoever has it now does the rest. Other errors are thrown on. */
export async function unlessFenced(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof FencedError)) throw error;
  }
}
