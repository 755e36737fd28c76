import { LIMITS } from '../../core/alert/alert.ts';
import type { Driver } from '../../drivers/contract.ts';
import type { RequestHead } from '../request.ts';
import type { HeadProof } from './credentials.ts';

// What a stranger can make the hub hold by claiming a signature: 32 MiB.
const MOST_UNPROVEN = 4;

/** How many bytes of a body are read, and what to call once it is. */
export interface BodyAllowance {
  readonly bytes: number;
  release(): void;
}

/** Gives each request its allowance. */
export type AllowBody = (driver: Driver | undefined, proof: HeadProof, request: RequestHead) => BodyAllowance;

/**
 * A body may be large once its sender has proven who it is. One that is signed proves that by its bytes only: a few such
 * at a time are read. Agents split what they push, and get no more than anybody.
 */
export function createAllowBody(): AllowBody {
  let unproven = 0;
  const common = { bytes: LIMITS.bodyBytes, release: () => {} };
  return (driver, proof, request) => {
    if (driver === undefined || driver.name === 'cluster' || proof === 'none') return common;
    if (proof === 'proven') return { ...common, bytes: LIMITS.groupBytes };
    const length = Number(request.headers['content-length'] ?? 0);
    if (!(length > LIMITS.bodyBytes && length <= LIMITS.groupBytes) || unproven >= MOST_UNPROVEN) return common;
    unproven += 1;
    let isHeld = true;
    return {
      bytes: LIMITS.groupBytes,
      release: () => {
        if (isHeld) unproven -= 1;
        isHeld = false;
      },
    };
  };
}
