import type { Lease } from './leases.ts';

/** What is known of a failure beside its message. */
export interface StoreErrorDetails {
  /** The engine's own code, such as `53100`. */
  readonly code?: string | undefined;
  /** The store is away, held up, or cannot write at all: whatever is tried next most likely fails too, until it is back. */
  readonly unavailable?: boolean;
  readonly cause?: unknown;
}

/** The store cannot be opened or used; the message is one line that says why and what to do. */
export class StoreError extends Error {
  override name = 'StoreError';
  readonly code: string | undefined;
  readonly unavailable: boolean;

  constructor(message: string, { code, unavailable = false, cause }: StoreErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.unavailable = unavailable;
  }
}

/** What stands where the store should be is none, or not a whole one: it is left as it is, for a person to see to. */
export class UnfitStoreError extends StoreError {
  override name = 'UnfitStoreError';
}

/** The schema was written by a newer program: this one would not understand it. */
export class SchemaError extends Error {
  override name = 'SchemaError';

  constructor(present: number, known: number) {
    super(
      `the store's schema is version ${present}, this program knows ${known}: run the program that wrote it or a newer one`,
    );
  }
}

/** Refuses a schema that has not what a command works on, or that is newer than this program. Throws StoreError. */
export function refuseSchema(present: number, oldest: number, newest: number): void {
  if (present > newest) throw new StoreError(new SchemaError(present, newest).message);
  if (present >= oldest) return;
  throw new StoreError(
    `the store's schema is version ${present}, and this needs ${oldest}: start the hub once with this program`,
  );
}

/** A write under a lease that is not the present one, or has run out. Nothing of it is kept, and no retry helps. */
export class FencedError extends Error {
  override name = 'FencedError';

  constructor({ work, number }: Lease) {
    super(`lease ${number} of the ${work} is lost: it has run out, or another has claimed it`);
  }
}
