import { createHmac } from 'node:crypto';
import type { Secret } from './secret.ts';

const PREFIX = 'whsec_';
const KEY_BYTES = { least: 24, most: 64 };

/** Whether a text is a signing key of Standard Webhooks: base64 of 24 to 64 bytes, with or without `whsec_`. */
export function isSigningKey(text: string): boolean {
  const bare = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  const { length } = Buffer.from(bare, 'base64');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(bare) && length >= KEY_BYTES.least && length <= KEY_BYTES.most;
}

/**
 * The headers of Standard Webhooks 1.0: one signature for each key, of which receivers accept any. `id` is the same at
 * every attempt and holds no dot, `seconds` is the Unix time of this one.
 */
export function standardWebhookHeaders(keys: readonly Secret[], id: string, seconds: number, body: string) {
  const signatures = keys.map((key) => {
    const text = key.reveal();
    const bytes = Buffer.from(text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text, 'base64');
    return `v1,${createHmac('sha256', bytes).update(`${id}.${seconds}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': `${seconds}`, 'webhook-signature': signatures.join(' ') };
}
