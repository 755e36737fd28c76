import { randomUUID } from 'node:crypto';
import { ConfigError } from '../../config/error.ts';
import type { PeerKey } from '../../config/peers/document.ts';
import type { Settings } from '../../config/settings.ts';
import { OWN_SOURCE, type Submission } from '../../core/submission.ts';
import type { SignedRequests } from '../../web/access/signed.ts';
import type { Engine } from '../engine/contract.ts';

/** Keys by which others sign what they send to a hub. */
export interface PeerKeys extends Pick<SignedRequests, 'find'> {
  /** Reads those of other settings, and gives what takes them from then on. Throws ConfigError. */
  readonly prepare: (settings: Settings) => Promise<() => void>;
}

/** Keys of the configuration. Most hubs have none, and load nothing for it. Throws ConfigError. */
export async function createPeerKeys(settings: Settings): Promise<PeerKeys> {
  let keys = await keysOf(settings);
  return {
    find: (id) => keys.get(id),
    prepare: async (next) => {
      const found = await keysOf(next);
      return () => {
        keys = found;
      };
    },
  };
}

async function keysOf(settings: Settings): Promise<ReadonlyMap<string, PeerKey>> {
  if (settings.peersFile === undefined) return new Map();
  const { readPeerKeys } = await import('../../config/peers/read.ts');
  const { keys, problems } = readPeerKeys(settings);
  if (problems.length > 0) throw new ConfigError(problems);
  return new Map(keys.map((key) => [key.id, key]));
}

/** Takes each nonce of a key once, for as long as its time counts; the store keeps it, so a restart forgets none. */
export function createNonces(submit: Engine['submit'], now: () => number): SignedRequests['claim'] {
  return async (keyId, nonce) => {
    // A signature that nobody else has: the nonce is taken by the first of two, also where the two are alike.
    const replay = { key: `peer_key:${keyId}:${nonce}`, signature: randomUUID() };
    const nothing: Submission = {
      ...{ source: OWN_SOURCE, origin: '', actor: `peer_key:${keyId}`, receivedAt: now(), alerts: [], errors: [] },
      ...{ replay, instance: null },
    };
    return (await submit(nothing)).outcome === 'committed';
  };
}
