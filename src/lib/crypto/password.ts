import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** What scrypt costs: 2^`logN` blocks of `r` × 128 bytes, `p` times over. */
export interface PasswordCost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

// OWASP's choice of 2025 for scrypt with 32 MiB: some 80 ms of one thread of the pool.
const COST: PasswordCost = { logN: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
// Hashes that are computed at a time: each takes a thread of the pool, of which there are four, and 32 MiB.
const AT_ONCE = 2;
const WAITING = 64;

/** Too many passwords are being checked. */
export class PasswordsBusyError extends Error {
  override name = 'PasswordsBusyError';
}

/** Hashes and checks passwords, a few at a time in the thread pool. */
export interface Passwords {
  /** The hash of a password with its parameters: `scrypt$15$8$3$<salt>$<hash>`. Rejects with PasswordsBusyError. */
  hash(password: string): Promise<string>;
  /**
   * Whether a password is that of a hash; for null, which stands for nobody, it takes as long and says no. Rejects with
   * PasswordsBusyError.
   */
  matches(password: string, hash: string | null): Promise<boolean>;
}

/** Makes one; a test may have it cost less. */
export function createPasswords(cost: PasswordCost = COST): Passwords {
  const turn = createTurns();
  const nobody = written(cost, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));
  return {
    hash: (password) =>
      turn(async () => {
        const salt = randomBytes(SALT_BYTES);
        return written(cost, salt, await derive(password, salt, cost));
      }),
    matches: (password, hash) =>
      turn(async () => {
        const { salt, key, ...stored } = parse(hash ?? nobody);
        const derived = await derive(password, salt, stored);
        return timingSafeEqual(derived, key) && hash !== null;
      }),
  };
}

function written({ logN, r, p }: PasswordCost, salt: Buffer, key: Buffer): string {
  return `scrypt$${logN}$${r}$${p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

function parse(hash: string): PasswordCost & { readonly salt: Buffer; readonly key: Buffer } {
  const [, logN, r, p, salt = '', key = ''] = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/.exec(hash) ?? [];
  const bytes = Buffer.from(key, 'base64url');
  if (logN === undefined || bytes.length !== HASH_BYTES) throw new Error('the stored hash of a password is damaged');
  return { logN: Number(logN), r: Number(r), p: Number(p), salt: Buffer.from(salt, 'base64url'), key: bytes };
}

function derive(password: string, salt: Buffer, { logN, r, p }: PasswordCost): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** logN, r, p, maxmem: 256 * 2 ** logN * r };
  return new Promise((resolve, reject) => {
    // The same characters are the same password, however a keyboard composes them.
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** Runs work in its turn, a few at a time. */
function createTurns() {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= AT_ONCE) {
      if (waiting.length >= WAITING) throw new PasswordsBusyError('too many passwords are being checked');
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
