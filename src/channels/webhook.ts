import * as z from 'zod';
import { alertaBody } from '../core/notice/alerta.ts';
import { alertmanagerBody } from '../core/notice/alertmanager.ts';
import { notDelivered } from '../core/notice/delivery.ts';
import { genericBody } from '../core/notice/generic.ts';
import { ESCAPES } from '../core/notice/markup.ts';
import type { NoticeMessage } from '../core/notice/message.ts';
import { templateData } from '../core/notice/template-data.ts';
import { isSigningKey, standardWebhookHeaders } from '../lib/crypto/standard-webhooks.ts';
import type { Template } from '../lib/template.ts';
import {
  AddressError,
  type ChannelWorld,
  type DeliveryContext,
  defineChannel,
  failureOf,
  line,
  OptionError,
  plainPart,
  secretText,
  secretUrl,
} from './contract.ts';

const keys = z.union([secretText(256).transform((one) => [one]), z.array(secretText(256)).min(1).max(4)], {
  error: 'must be a key of 1 to 256 characters, or a list of 1 to 4',
});
const options = z.strictObject({
  url: secretUrl().describe('Where it is sent'),
  method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
  preset: z
    .enum(['alertmanager', 'alerta', 'generic'])
    .default('alertmanager')
    .describe("Form of the body: Alertmanager's version 4, Alerta's, or all there is"),
  body: z.string().min(1).max(50_000).optional().describe('Template of the body in place of a preset, in Liquid'),
  content_type: line(100).default('application/json'),
  headers: z
    .record(z.string().regex(/^[\w-]{1,100}$/, 'must be the name of a header'), secretText())
    .default({})
    .describe('Further headers; their values are secrets'),
  bearer: secretText().optional().describe('Token for Authorization: Bearer'),
  user: line(255).optional().describe('With password: basic authentication'),
  password: secretText().optional(),
  signature: z
    .strictObject({
      scheme: z.enum(['hmac', 'standard']).describe('HMAC-SHA-256 of the body in hex, or Standard Webhooks'),
      keys: keys.describe('One, or several while they are rotated'),
      header: z
        .string()
        .regex(/^[\w-]{1,100}$/)
        .default('X-Signature')
        .describe('With hmac: where it stands, as sha256=…'),
    })
    .optional(),
  environment: line(100).default('Production').describe('With the preset alerta'),
});

const RESERVED = /^(host|content-length|content-type|transfer-encoding|connection|idempotency-key|webhook-\w+)$/i;

/** An HTTP request to a server of one's own: a preset, or a body by template, with the ways to prove who sends. */
export const webhook = defineChannel({
  name: 'webhook',
  summary: "HTTP requests: Alertmanager's body, Alerta's, or a template, signed where wanted",
  traits: {
    ...{ edits: false, threads: false, keepsIncidents: false, idempotent: true, onResolved: 'tell', markup: 'json' },
    rate: { perSecond: 10, burst: 50 },
  },
  options,
  fromUrl(url) {
    const { username, password, hostname } = url;
    const vendor = VENDORS.find(([pattern]) => pattern.test(hostname + url.pathname));
    if (vendor !== undefined) {
      const address = `${vendor[1]}://${hostname}/…`;
      throw new AddressError(`an address at ${hostname} is one of ${vendor[1]}: write it as ${address}`);
    }
    const bare = new URL(url);
    [bare.username, bare.password] = ['', ''];
    const access = username === '' ? {} : { user: plainPart(username), password: plainPart(password) };
    return { url: bare.href, ...access };
  },
  async bind(chosen, world) {
    const { url: secret, body: template } = chosen;
    const url = new URL(secret.reveal());
    check(chosen, url);
    const read = template === undefined ? null : await templateOf(template, chosen.content_type);
    return {
      place: url.host,
      async deliver(message, context) {
        const body = bodyOf(message, context, chosen, read);
        if (typeof body !== 'string') return notDelivered('invalid', true, body.problem);
        const headers = { ...headersOf(chosen, body, message.key, world), 'content-type': chosen.content_type };
        const { method } = chosen;
        const result = await world.http.send({ method, url, headers, body, signal: context.signal });
        return result.ok ? { ok: true, answer: `HTTP ${result.status}` } : failureOf(result);
      },
    };
  },
});

// What they accept is never Alertmanager's body.
const VENDORS: readonly (readonly [RegExp, string])[] = [
  [/^hooks\.slack(-gov)?\.com\//, 'slack'],
  [/^(\w+\.)?discord(app)?\.com\/api\/webhooks\//, 'discord'],
  [/^chat\.googleapis\.com\//, 'googlechat'],
  [/(\.logic\.azure\.com|\.api\.powerplatform\.com)\//, 'teams'],
];

type Options = z.output<typeof options>;

function check({ bearer, user, password, headers, signature }: Options, url: URL): void {
  if (url.username !== '' || url.password !== '') throw new OptionError('url: give user and password as options');
  if ((user === undefined) !== (password === undefined))
    throw new OptionError('user: give user and password, or neither');
  if (bearer !== undefined && user !== undefined)
    throw new OptionError('bearer: give either bearer or user and password');
  const reserved = Object.keys(headers).find((name) => RESERVED.test(name));
  if (reserved !== undefined) throw new OptionError(`headers.${reserved}: this header is set by monitor; remove it`);
  if (signature?.scheme !== 'standard') return;
  const isWrong = signature.keys.some((key) => !isSigningKey(key.reveal()));
  if (isWrong)
    throw new OptionError('signature.keys: a key of Standard Webhooks is whsec_ and base64 of 24 to 64 bytes');
}

async function templateOf(text: string, contentType: string): Promise<Template> {
  const { readTemplate } = await import('../lib/template.ts');
  const isJson = isJsonType(contentType);
  try {
    return readTemplate(text, ESCAPES[isJson ? 'json' : 'plain'], isJson);
  } catch (error) {
    throw new OptionError(`body: ${(error as Error).message}`);
  }
}

function isJsonType(contentType: string): boolean {
  return /[/+]json\b/i.test(contentType);
}

function bodyOf(message: NoticeMessage, { wording }: DeliveryContext, chosen: Options, template: Template | null) {
  if (template === null) {
    const { preset, environment } = chosen;
    if (preset === 'alerta') return JSON.stringify(alertaBody(message, wording, environment));
    return JSON.stringify(preset === 'generic' ? genericBody(message, wording) : alertmanagerBody(message));
  }
  // There is no built-in text in a form of somebody else's: what fails here is told, and not sent half.
  try {
    const text = template.render(templateData(message, wording));
    if (isJsonType(chosen.content_type)) JSON.parse(text);
    return text;
  } catch (error) {
    return { problem: `the template of the body makes no valid body: ${(error as Error).message}` };
  }
}

function headersOf(
  chosen: Options,
  body: string,
  key: string,
  { clock }: ChannelWorld,
): Readonly<Record<string, string>> {
  const { bearer, user, password, headers, signature } = chosen;
  const basic = () => Buffer.from(`${user}:${password?.reveal()}`).toString('base64');
  const seconds = Math.floor(clock.now() / 1000);
  return {
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.reveal()])),
    ...(bearer !== undefined && { authorization: `Bearer ${bearer.reveal()}` }),
    ...(user !== undefined && { authorization: `Basic ${basic()}` }),
    'idempotency-key': key,
    ...(signature?.scheme === 'standard' && standardWebhookHeaders(signature.keys, key, seconds, body)),
    ...(signature?.scheme === 'hmac' && {
      [signature.header.toLowerCase()]: signature.keys.map((one) => `sha256=${one.hmac(body)}`).join(', '),
    }),
  };
}
