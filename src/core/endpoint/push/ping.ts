/** What a call of a push endpoint says: a run has begun, has ended well or not, or there is something to keep. */
export type PingKind = 'start' | 'success' | 'fail' | 'log';

/** One call, as the hub has it. */
export interface Ping {
  readonly kind: PingKind;
  /** When it arrived, UTC milliseconds: the clock of the caller counts for nothing. */
  readonly at: number;
  /** Names the run, so that runs may overlap; '' for none. */
  readonly run: string;
  /** null where none was told. */
  readonly exitCode: number | null;
  /** As the caller says; null where the hub has to measure it. */
  readonly durationMs: number | null;
  /** What is said to have gone wrong; '' for nothing. */
  readonly error: string;
  /** The first part of what was sent along; '' for nothing. */
  readonly body: string;
  /** Whether the body was no text, and stands in base64. */
  readonly isBinary: boolean;
}

/** Bytes that are kept of what is sent along with a call. */
export const PING_BODY_BYTES = 100_000;

/** A body as it is kept: as text where it is UTF-8 that every store can hold, else in base64. */
export function keptBody(bytes: Uint8Array): Pick<Ping, 'body' | 'isBinary'> {
  const cut = bytes.subarray(0, PING_BODY_BYTES);
  const text = textIn(cut);
  if (text !== null) return { body: text, isBinary: false };
  return { body: btoa(Array.from(cut, (byte) => String.fromCharCode(byte)).join('')), isBinary: true };
}

const LONGEST_CHARACTER = 4;

/** null for what is no text. A character that was cut in two at the end is left out. */
function textIn(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  for (let less = 0; less < LONGEST_CHARACTER; less += 1) {
    if (less > 0 && bytes.length < PING_BODY_BYTES) break;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, bytes.length - less));
    } catch {
      // The next character less.
    }
  }
  return null;
}

/** What a failed call has to say. */
export function failureText({ error, exitCode }: Pick<Ping, 'error' | 'exitCode'>): string {
  if (error !== '') return error;
  return exitCode === null ? 'said that it failed' : `ended with exit code ${exitCode}`;
}
