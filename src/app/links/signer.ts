import type { LinkPurpose } from '../../core/action/link.ts';
import type { NoticeMessage } from '../../core/notice/message.ts';
import type { Clock } from '../../lib/clock.ts';
import { signLink } from '../../lib/crypto/link-token.ts';
import type { LinkKeyStore } from '../../stores/contract/link-keys.ts';
import { type EncryptionKeys, presentLinkKey, sealerOf } from './keys.ts';

/** The settings that links live by. */
export interface LinkSettings {
  /** Address under which people reach the hub; undefined for none, and then messages have no links. */
  readonly publicUrl?: string;
  readonly linkTtlMs: number;
  readonly encryptionKeys: EncryptionKeys;
}

/** Gives the links of a message that was decided at a time. */
export type LinksOf = (incidentId: string, channel: string) => NoticeMessage['links'];

const NONE: NoticeMessage['links'] = { incident: null, acknowledge: null, silence: null };

/**
 * Makes the links of messages: `at` is when a message was decided, so that its links are the same at every attempt, as long
 * as the key is. Rejects with WrongKeyError where the key cannot be read.
 */
export function createLinkSigner(
  store: LinkKeyStore,
  clock: Clock,
  { publicUrl, linkTtlMs, encryptionKeys }: LinkSettings,
): (at: number) => Promise<LinksOf> {
  if (publicUrl === undefined) return async () => () => NONE;
  const sealer = sealerOf(encryptionKeys);
  const base = publicUrl.replace(/\/+$/, '');
  return async (at) => {
    const key = await presentLinkKey(store, sealer, clock);
    return (incidentId, channel) => {
      const to = (purpose: LinkPurpose) =>
        `${base}/a/${signLink({ incidentId, purpose, channel, expiresAt: at + linkTtlMs }, key)}`;
      return { incident: to('show'), acknowledge: to('acknowledge'), silence: to('shelve') };
    };
  };
}
