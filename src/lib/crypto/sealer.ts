import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import { Secret } from './secret.ts';

/** Encrypts what must be stored and may not be read by who reads the store. */
export interface Sealer {
  /** Encrypts a text under the first key; `about` names its place, so that it means nothing at another. */
  seal(text: string, about: string): string;
  /** Throws WrongKeyError when it was encrypted with a key that is not at hand. */
  open(sealed: string, about: string): Secret;
  /** Whether it stands as `seal` would write it now: under the first key, or plain where there is none. */
  isCurrent(sealed: string): boolean;
}

/** What is stored was encrypted with another key; the message says what to do. */
export class WrongKeyError extends Error {
  override name = 'WrongKeyError';
}

const PLAIN = 'plain:';
const PREFIX = 'aes-256-gcm:';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const OPTIONS = { authTagLength: TAG_BYTES } as const;

/**
 * A sealer over keys of 32 bytes, the present one and those of before, which only open. Without a present one it leaves
 * texts as they are.
 */
export function createSealer(key: Buffer | null, before: readonly Buffer[]): Sealer {
  const withName = (bytes: Buffer) => ({ bytes, name: nameOf(bytes) });
  const present = key === null ? null : withName(key);
  const named = [...(present === null ? [] : [present]), ...before.map(withName)];
  const opened = (sealed: string, about: string): Secret => {
    if (sealed.startsWith(PLAIN)) return new Secret(sealed.slice(PLAIN.length));
    const [name = '', text = ''] = sealed.slice(PREFIX.length).split(':');
    const match = named.find((one) => one.name === name);
    if (match === undefined || !sealed.startsWith(PREFIX)) throw new WrongKeyError(missing(name, named.length));
    const bytes = Buffer.from(text, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', match.bytes, bytes.subarray(0, IV_BYTES), OPTIONS);
    decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    const parts = [decipher.update(bytes.subarray(IV_BYTES, bytes.length - TAG_BYTES)), decipher.final()];
    return new Secret(Buffer.concat(parts).toString('utf8'));
  };
  return {
    seal: (text, about) => {
      if (present === null) return `${PLAIN}${text}`;
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', present.bytes, iv, OPTIONS).setAAD(Buffer.from(about));
      const parts = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return `${PREFIX}${present.name}:${Buffer.concat(parts).toString('base64url')}`;
    },
    open: (sealed, about) => {
      try {
        return opened(sealed, about);
      } catch (error) {
        if (error instanceof WrongKeyError) throw error;
        throw new WrongKeyError('what is stored encrypted is damaged: its contents do not match their key');
      }
    },
    isCurrent: (sealed) => sealed.startsWith(present === null ? PLAIN : `${PREFIX}${present.name}:`),
  };
}

/** Tells keys apart, and says nothing of them. */
function nameOf(key: Buffer): string {
  return hash('sha256', Buffer.concat([Buffer.from('monitor encryption key:'), key])).slice(0, 8);
}

function missing(name: string, known: number): string {
  const which = `what is stored was encrypted with key ${name}`;
  return known === 0
    ? `${which}: set it as MONITOR_ENCRYPTION_KEY`
    : `${which}, which is neither MONITOR_ENCRYPTION_KEY nor in MONITOR_ENCRYPTION_KEY_OLD: add the key of before to MONITOR_ENCRYPTION_KEY_OLD`;
}
