import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { NotPrivate, refuseShared } from '../../lib/files/folder.ts';
import type { Finding } from './finding.ts';

const MIB = 1024 ** 2;
/** Below this a hub cannot checkpoint a busy log; the store of a small hub is some tens of MiB. */
const LEAST_FREE = 100 * MIB;
const LITTLE_FREE = 1024 * MIB;

/** The program itself. */
export function examineProgram(version: string, node: string): Finding {
  const [major = 0, minor = 0] = node.replace(/^v/, '').split('.').map(Number);
  const message = `monitor ${version} on Node.js ${node}`;
  if (major > 20 || (major === 20 && minor >= 19)) return { part: 'program', status: 'ok', message };
  return { part: 'program', status: 'problem', message, fix: 'install Node.js 20.19 or later' };
}

/** The state folder: is it there, is it this user's own, and is there room. `used` is where it is or would be made. */
export function examineState(stateDir: string): Finding {
  const part = 'state folder';
  const place = nearestExisting(stateDir);
  try {
    refuseShared(place);
    accessSync(place, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { message } = error as Error;
    const fix =
      error instanceof NotPrivate ? '' : `run chown "$USER" ${place}, or set MONITOR_STATE_DIR to a folder of your own`;
    const user = process.getuid?.();
    return {
      ...{ part, status: 'problem' as const },
      message:
        error instanceof NotPrivate
          ? message
          : `${place} cannot be written${user === undefined ? '' : ` by uid ${user}`}`,
      ...(fix !== '' && { fix }),
    };
  }
  const { bavail, bsize } = statfsSync(place);
  const free = bavail * bsize;
  const message = `${stateDir}${place === stateDir ? '' : ' (not made yet)'}, ${Math.floor(free / MIB)} MiB free`;
  if (free >= LITTLE_FREE) return { part, status: 'ok', message };
  const status = free < LEAST_FREE ? ('problem' as const) : ('warning' as const);
  return { part, status, message, fix: 'make room, or set MONITOR_STATE_DIR to a larger disk' };
}

function nearestExisting(path: string): string {
  if (existsSync(path)) return path;
  const above = dirname(path);
  return above === path ? path : nearestExisting(above);
}
