import type { Lease } from './leases.ts';

/** The store cannot be opened; the message says why and what to do. */
export class StoreError extends Error {
  override name = 'StoreError';
}

/** A write under a lease that is not the present one, or has run out. Nothing of it is kept, and no retry helps. */
export class FencedError extends Error {
  override name = 'FencedError';

  constructor({ work, number }: Lease) {
    super(`lease ${number} of the ${work} is lost: it has run out, or another has claimed it`);
  }
}
