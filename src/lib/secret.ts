import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const MASK = '[secret]';

/** A value that prints as `[secret]` however it is printed; `reveal()` is the one way to its text. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself: for signing, comparing and sending only. */
  reveal(): string {
    return this.#text;
  }

  /** Length in bytes of its UTF-8 form. */
  get bytes(): number {
    return Buffer.byteLength(this.#text);
  }

  /** Whether `candidate` is this secret, in time that does not depend on where they differ. */
  equals(candidate: string): boolean {
    return timingSafeEqual(digest(this.#text), digest(candidate));
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
