import * as z from 'zod';
import { clip, type Measure } from '../core/notice/clip.ts';
import type { NotDelivered } from '../core/notice/delivery.ts';
import type { Wording } from '../core/notice/wording.ts';
import { isObject } from '../core/reading/read.ts';
import {
  baseUrl,
  type DeliveryContext,
  defineChannel,
  failureOf,
  OptionError,
  objectIn,
  plainPart,
  queryOf,
  secretText,
  serverOf,
  textIn,
} from './contract.ts';

const number = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a telephone number such as +4915112345678');
const options = z.strictObject({
  account: z.string().regex(/^AC[0-9a-f]{32}$/i, 'must be the account SID, AC and 32 hex digits'),
  key: z
    .string()
    .regex(/^SK[0-9a-f]{32}$/i, 'must be the SID of an API key, SK and 32 hex digits')
    .optional()
    .describe('API key in place of the account'),
  secret: secretText(255).describe('Auth token of the account, or secret of the API key'),
  from: z
    .string()
    .regex(
      /^(\+[1-9]\d{6,14}|MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$/i,
      'must be a number, a messaging service (MG…), or a sender of up to 11 letters',
    ),
  to: z
    .union([number.transform((one) => [one]), z.array(number).min(1).max(20)], {
      error: 'must be a telephone number such as +4915112345678, or a list of 1 to 20',
    })
    .describe('Numbers'),
  segments: z.int().min(1).max(10).default(2).describe('How many parts a message may have; each is paid for'),
  base_url: baseUrl().default('https://api.twilio.com'),
});

/** Short messages by Twilio: as short as can be, in the alphabet of GSM, to each number once. */
export const twilio = defineChannel({
  name: 'twilio',
  summary: 'Text messages (SMS) by Twilio, kept to as few parts as you pay for',
  traits: {
    ...{ edits: false, threads: false, keepsIncidents: false, idempotent: false, onResolved: 'tell' },
    ...{ markup: 'plain', rate: { perSecond: 1, burst: 5 } },
  },
  options,
  // twilio://account:secret@sender/number/number
  fromUrl: (url) => {
    const { server, ...query } = queryOf(url);
    return {
      account: plainPart(url.username),
      secret: plainPart(url.password),
      from: plainPart(url.host),
      to: url.pathname
        .split('/')
        .filter((part) => part !== '')
        .map(plainPart),
      ...(server !== undefined && { base_url: server }),
      ...query,
      ...(url.protocol.endsWith('+http:') && { base_url: serverOf(url) }),
    };
  },
  bind({ account, key, secret, from, to, segments, base_url: base }, { http }) {
    if (new Set(to).size !== to.length) throw new OptionError('to: a number stands there twice');
    const basic = Buffer.from(`${key ?? account}:${secret.reveal()}`).toString('base64');
    const url = new URL(`${base}/2010-04-01/Accounts/${account}/Messages.json`);
    const sender = from.startsWith('MG') ? { MessagingServiceSid: from } : { From: from };
    const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' };
    const sendTo = async (number: string, body: string, signal: AbortSignal): Promise<NotDelivered | string> => {
      const form = new URLSearchParams({ To: number, ...sender, Body: body }).toString();
      const result = await http.send({ method: 'POST', url, headers, body: form, signal });
      const answer = objectIn(result.body);
      if (result.ok) return textIn(answer, 'sid');
      const failure = failureOf(result, `${textIn(answer, 'message')} (${textIn(answer, 'code')})`);
      return answer.code === 20429 ? { ...failure, kind: 'limited', permanent: false } : failure;
    };
    /** Whether Twilio has a message that it may not have answered for; what cannot be looked up is taken for no. */
    const hasIt = async (number: string, body: string, at: number, signal: AbortSignal): Promise<boolean> => {
      const look = new URL(url);
      look.search = new URLSearchParams({ To: number, PageSize: '20' }).toString();
      const result = await http.send({ method: 'GET', url: look, headers, body: null, signal });
      const { messages } = objectIn(result.body);
      // A trial account puts a line of its own before the text.
      const isIt = (one: unknown) =>
        isObject(one) &&
        textIn(one, 'body').endsWith(body) &&
        one.status !== 'failed' &&
        // A reminder of before says the same.
        Date.parse(textIn(one, 'date_created')) >= at - SKEW_MS;
      return result.ok && Array.isArray(messages) && messages.some(isIt);
    };
    return {
      place: `${to.length === 1 ? to[0] : `${to.length} numbers`} by ${url.host}`,
      async deliver(message, context) {
        const text = textOf(context, segments);
        const before = (context.progress ?? '').split(' ').filter((one) => one !== '');
        const done = new Set(before.filter((one) => !one.startsWith(DOUBT)));
        const doubted = new Set(before.filter((one) => one.startsWith(DOUBT)).map((one) => one.slice(DOUBT.length)));
        const failures: NotDelivered[] = [];
        for (const number of to.filter((one) => !done.has(one))) {
          // Nothing makes a second message one with the first: it is looked for before it is sent again.
          const isThere = doubted.has(number) && (await hasIt(number, text, message.at, context.signal));
          const outcome = isThere ? '' : await sendTo(number, text, context.signal);
          if (typeof outcome === 'string') done.add(number);
          else if (outcome.kind === 'timeout' || outcome.kind === 'network') doubted.add(number);
          if (typeof outcome !== 'string') failures.push({ ...outcome, reason: `${number}: ${outcome.reason}` });
          // The account is the same for all numbers.
          if (typeof outcome !== 'string' && (outcome.kind === 'unauthorized' || outcome.kind === 'limited')) break;
        }
        const worst = failures.find(({ permanent }) => !permanent) ?? failures[0];
        if (worst === undefined) return { ok: true, answer: `queued for ${done.size}` };
        // One number that is wrong must not keep the others from being told.
        if (worst.permanent && done.size > 0) return { ok: true, answer: `queued for ${done.size}; ${worst.reason}` };
        const open = [...doubted].filter((one) => !done.has(one)).map((one) => DOUBT + one);
        const progress = [...done, ...open].join(' ');
        return { ...worst, reason: failures.map(({ reason }) => reason).join('; '), progress };
      },
    };
  },
});

// Before a number in what an attempt tells the next one: Twilio may have the message, and did not say so.
const DOUBT = '?';
// By so much its clock may be behind ours.
const SKEW_MS = 60_000;

/** Characters of GSM 03.38; those of the second row take two places. */
const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]$/u;
const TWO = /^[\^{}\\[~\]|€]$/u;
const SPELLED: Readonly<Record<string, string>> = {
  ...{ '–': '-', '—': '-', '‘': "'", '’': "'", '“': '"', '”': '"', '„': '"', '…': '...', '·': '-', '•': '-' },
  ...{ '\u00a0': ' ', '\u200b': '', '→': '->', '≥': '>=', '≤': '<=', '×': 'x', '°': ' deg ', '\t': ' ', '`': "'" },
};

/** Spells what GSM has no letter for, as far as that keeps the sense. */
function inGsm(text: string): string {
  return [...text]
    .map((character) => {
      if (GSM.test(character) || TWO.test(character)) return character;
      const spelled = SPELLED[character] ?? character.normalize('NFD').replace(/\p{M}/gu, '');
      return [...spelled].every((one) => GSM.test(one) || TWO.test(one)) ? spelled : character;
    })
    .join('');
}

const gsmPlaces: Measure = (text) => [...text].reduce((sum, character) => sum + (TWO.test(character) ? 2 : 1), 0);
const units: Measure = (text) => text.length;

function textOf({ wording, rendered }: DeliveryContext, segments: number): string {
  const whole = inGsm(rendered.text ?? shortText(wording));
  const isGsm = [...whole].every((character) => GSM.test(character) || TWO.test(character));
  const [one, more] = isGsm ? [160, 153] : [70, 67];
  const most = Math.min(segments === 1 ? one : segments * more, 1600);
  return withLink(whole, wording, most, isGsm ? gsmPlaces : units, isGsm);
}

function shortText({ headline, remarks, items }: Wording): string {
  return [headline, ...remarks, ...items.slice(0, 3)].join('\n');
}

/** The link to acknowledge is worth more than the end of the text. */
function withLink(text: string, { links }: Wording, most: number, measure: Measure, isGsm: boolean): string {
  const [link] = links;
  const end = link === undefined ? '' : `\n${link.url}`;
  const room = measure(end) < most / 2 ? most - measure(end) : most;
  const mark = isGsm ? 2 : 0;
  const cut = clip(text, room, measure).endsWith('…') && !text.endsWith('…') ? clip(text, room - mark, measure) : text;
  return (isGsm ? cut.replace(/…$/, '...') : cut) + (room < most ? end : '');
}
