import * as z from 'zod';
import { alertmanagerBody } from '../core/notice/alertmanager.ts';
import { defineChannel, failureOf, secretUrl } from './contract.ts';

const options = z.strictObject({
  url: secretUrl().describe('Where it is posted'),
});

/** An HTTP request to a server of one's own: Alertmanager's body, which every receiver made for Alertmanager reads. */
export const webhook = defineChannel({
  name: 'webhook',
  summary: 'HTTP requests: the body of Alertmanager',
  traits: {
    ...{ edits: false, threads: false, keepsIncidents: false, idempotent: true, onResolved: 'tell', markup: 'json' },
    rate: { perSecond: 10, burst: 50 },
  },
  options,
  fromUrl: (url) => ({ url: url.href }),
  bind({ url: secret }, { http }) {
    const url = new URL(secret.reveal());
    return {
      place: url.host,
      async deliver(message, { signal }) {
        const body = JSON.stringify(alertmanagerBody(message));
        const headers = { 'content-type': 'application/json', 'idempotency-key': message.key };
        const result = await http.send({ method: 'POST', url, headers, body, signal });
        return result.ok ? { ok: true, answer: `HTTP ${result.status}` } : failureOf(result);
      },
    };
  },
});
