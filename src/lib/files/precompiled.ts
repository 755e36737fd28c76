import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';

/** Bytes of SHA-256, which stand before the compiled code. */
const DIGEST_BYTES = 32;

/**
 * Runs a script that the build made: an expression whose value is a function of `require` and the script's path. The
 * compiled code beside it is taken where this very build of Node.js wrote it, and nothing has happened to it since;
 * else the script is compiled anew, which takes longer and changes nothing. True when the code was taken. Whoever may
 * write the code may write the script, so it opens no new door.
 */
export function runPrecompiled(path: string, require: NodeJS.Require): boolean {
  const cachedData = readCode(path);
  // The build writes nothing but ASCII, which as Latin-1 needs no decoding.
  const script = new Script(readFileSync(path, 'latin1'), {
    filename: path,
    ...(cachedData !== null && { cachedData }),
  });
  script.runInThisContext()(require, path);
  return script.cachedDataRejected === false;
}

/** V8 refuses code of another version or of other flags, but trusts every byte of what is left. */
function readCode(path: string): Buffer | null {
  let file: Buffer;
  try {
    file = readFileSync(codePath(path));
  } catch {
    return null;
  }
  const code = file.subarray(DIGEST_BYTES);
  return createHash('sha256').update(code).digest().equals(file.subarray(0, DIGEST_BYTES)) ? code : null;
}

/** Where the compiled code of a script stands: one file for each build of Node.js, for two of one version may differ. */
export function codePath(path: string): string {
  const build = JSON.stringify([process.platform, process.arch, process.versions, process.config.variables]);
  return `${path}.${createHash('sha256').update(build).digest('hex').slice(0, 16)}.code`;
}
