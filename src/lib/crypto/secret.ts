import { hash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const MASK = '[secret]';
// Block size of SHA-256 in bytes, and the paddings of HMAC (RFC 2104).
const BLOCK = 64;
const INNER = 0x36;
const OUTER = 0x5c;

/** A value that prints as `[secret]` however it is printed; `reveal()` is the one way to its text. */
export class Secret {
  readonly #text: string;
  #pads: { readonly inner: Buffer; readonly outer: Buffer } | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself: for comparing and sending only. */
  reveal(): string {
    return this.#text;
  }

  /** Length in bytes of its UTF-8 form. */
  get bytes(): number {
    return Buffer.byteLength(this.#text);
  }

  /** Whether `candidate` is this secret, in time that does not depend on where they differ. */
  equals(candidate: string): boolean {
    return timingSafeEqual(hash('sha256', this.#text, 'buffer'), hash('sha256', candidate, 'buffer'));
  }

  /**
   * Lower-case hex HMAC-SHA-256 under this secret of the chunks, one after another. Made of two one-shot hashes:
   * `createHmac` makes objects that the garbage collector has to finalise, which costs a hub more than the hashing.
   */
  hmac(...chunks: readonly (Buffer | string)[]): string {
    this.#pads ??= padsOf(this.#text);
    const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
    const inner = hash('sha256', Buffer.concat([this.#pads.inner, ...bytes]), 'buffer');
    return hash('sha256', Buffer.concat([this.#pads.outer, inner]), 'hex');
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

function padsOf(text: string): { readonly inner: Buffer; readonly outer: Buffer } {
  const key = Buffer.alloc(BLOCK);
  const bytes = Buffer.from(text);
  (bytes.length > BLOCK ? hash('sha256', bytes, 'buffer') : bytes).copy(key);
  return { inner: Buffer.from(key.map((byte) => byte ^ INNER)), outer: Buffer.from(key.map((byte) => byte ^ OUTER)) };
}

/** The environment variable of a driver's secret: its name in capitals, `-` as `_`. */
export function secretVariable(driver: string): string {
  return `WEBHOOK_SECRET_${driver.toUpperCase().replaceAll('-', '_')}`;
}
