import * as z from 'zod';
import { clip, codePoints } from '../core/notice/clip.ts';
import { escapeHtml, PLAIN, textOr } from '../core/notice/compose.ts';
import { type DeliveryResult, notDelivered } from '../core/notice/delivery.ts';
import type { NoticeMessage } from '../core/notice/message.ts';
import { subjectOf, type Tone, type Wording } from '../core/notice/wording.ts';
import { type Mail, type MailOutcome, type MailServer, sendMail } from '../lib/mail/smtp.ts';
import { type DeliveryContext, defineChannel, line, OptionError, plainPart, queryOf, secretText } from './contract.ts';

const ADDRESS = 'must be an address such as ops@example.com';
const address = z.string().regex(/^[^\s@<>"',;:\\()[\]\p{Cc}]{1,64}@[\w.-]{1,253}$/u, ADDRESS);
const options = z.strictObject({
  to: z
    .union([address.transform((one) => [one]), z.array(address).min(1).max(50)], {
      error: `${ADDRESS}, or a list of 1 to 50`,
    })
    .describe('Recipients'),
  from: address.optional().describe('Sender; left out, monitor@ and the name of this machine'),
  from_name: line(100).default('monitor'),
  host: z
    .string()
    .regex(/^[^\s/@\p{Cc}]{1,255}$/u, 'must be the name or address of a mail server')
    .default('localhost'),
  port: z.int().min(1).max(65_535).optional().describe('587; with implicit TLS 465; without TLS 25'),
  tls: z
    .enum(['starttls', 'implicit', 'opportunistic', 'none'])
    .optional()
    .describe('starttls is required unless something else is said; at port 465 implicit'),
  user: line(255).optional(),
  password: secretText(1024).optional(),
  threading: z
    .boolean()
    .default(true)
    .describe('Keep the mails of an incident together: their subject then stays the same'),
});

const PATIENCE_MS = 30_000;
const LIMITS = { subject: 200, body: 50_000 };

/** Mail, by SMTP: text and HTML, to each recipient once, the mails of an incident in one thread. */
export const email = defineChannel({
  name: 'email',
  summary: 'Mail by SMTP, with TLS, in text and HTML, one thread an incident',
  traits: {
    ...{ edits: false, threads: true, keepsIncidents: false, idempotent: true, onResolved: 'tell' },
    ...{ markup: 'plain', rate: { perSecond: 0.5, burst: 10 } },
  },
  options,
  // mailto:ops@example.com?host=mail.example.com, smtp://user:password@mail.example.com:587?to=…, smtps:// with implicit TLS
  fromUrl(url) {
    const { to, ...rest } = queryOf(url);
    const listed = [to ?? '', url.protocol === 'mailto:' ? plainPart(url.pathname) : ''].join(',').split(',');
    const recipients = listed.map((one) => one.trim()).filter((one) => one !== '');
    if (url.protocol === 'mailto:') return { to: recipients, ...rest };
    return {
      to: recipients,
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      ...(url.port !== '' && { port: Number(url.port) }),
      ...(url.protocol === 'smtps:' && { tls: 'implicit' }),
      ...(url.username !== '' && { user: plainPart(url.username), password: plainPart(url.password) }),
      ...rest,
    };
  },
  bind(chosen, { dial, hostname }) {
    const server = serverOf(chosen);
    const from = { name: chosen.from_name, address: chosen.from ?? `monitor@${hostname}` };
    const doors = { dial, hostname, patienceMs: PATIENCE_MS };
    return {
      place: `${chosen.to.join(', ')} by ${server.host}`,
      traits: { threads: chosen.threading },
      async deliver(message, context) {
        const done = (context.progress ?? '').split(' ').filter((one) => chosen.to.includes(one));
        const mail = mailOf(message, context, from, chosen);
        const recipients = chosen.to.filter((one) => !done.includes(one));
        if (recipients.length === 0) return { ok: true };
        return resultOf(await sendMail(server, { ...mail, recipients }, doors, context.signal), done);
      },
    };
  },
});

type Options = z.output<typeof options>;

function serverOf({ host, port, tls, user, password }: Options): MailServer {
  const chosen = tls ?? (port === 465 ? 'implicit' : 'starttls');
  if ((user === undefined) !== (password === undefined))
    throw new OptionError('user: give user and password, or neither');
  if (user !== undefined && (chosen === 'none' || chosen === 'opportunistic')) {
    throw new OptionError('tls: a password is not sent without TLS; use starttls or implicit');
  }
  const login = user !== undefined && password !== undefined ? { user, password } : undefined;
  return {
    host,
    port: port ?? { implicit: 465, starttls: 587, opportunistic: 25, none: 25 }[chosen],
    tls: chosen,
    login,
  };
}

/** Who has it stays told, so that no one gets it again because of another. */
function resultOf({ accepted, rejected, failure, answer }: MailOutcome, before: readonly string[]): DeliveryResult {
  const done = [...before, ...accepted];
  if (failure === undefined && rejected.length === 0) return { ok: true, answer };
  const reason = failure?.reason ?? rejected.map((one) => one.reason).join('; ');
  const permanent = failure?.permanent ?? rejected.every((one) => one.permanent);
  // An address that is wrong must not keep the others from being told.
  if (permanent && done.length > 0) return { ok: true, answer: `${answer || 'accepted for some'}; not for: ${reason}` };
  const kinds = {
    login: 'unauthorized',
    timeout: 'timeout',
    network: 'network',
    blocked: 'blocked',
    refused: permanent ? 'invalid' : 'unavailable',
  } as const;
  return { ...notDelivered(kinds[failure?.kind ?? 'refused'], permanent, reason), progress: done.join(' ') };
}

function mailOf(
  message: NoticeMessage,
  { wording, rendered }: DeliveryContext,
  from: Mail['from'],
  { to, threading }: Options,
): Omit<Mail, 'recipients'> {
  const domain = from.address.slice(from.address.indexOf('@') + 1);
  const root = `<${message.incident.dedupKey}@${domain}>`;
  const isOne = threading && message.phase !== 'test' && message.phase !== 'digest';
  const subject = isOne && rendered.title === undefined ? subjectOf(message) : wording.title;
  const text = textOr(rendered.text, wording, PLAIN, { most: LIMITS.body, measure: codePoints });
  return {
    from,
    to,
    subject: clip(subject, LIMITS.subject),
    text: `${text}\n\n-- \n${wording.footer}\n`,
    html: rendered.html ?? (rendered.text === undefined ? htmlOf(wording) : `<pre>${escapeHtml(text)}</pre>`),
    // The same at every attempt: a server that took it without our hearing so can drop the second. Short, for it
    // must not be folded.
    messageId: `<${message.key.slice(0, 32)}@${domain}>`,
    ...(isOne && { inReplyTo: root }),
    date: message.at,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
}

const COLOURS: Readonly<Record<Tone, string>> = {
  critical: '#b3261e',
  warning: '#a15c00',
  info: '#1a5fb4',
  resolved: '#1b7f3b',
  neutral: '#5e5c64',
};
const MOST_ITEMS = 200;

function htmlOf(wording: Wording): string {
  const { headline, remarks, items, more, facts, evidence, links, footer, tone } = wording;
  const e = (text: string) => escapeHtml(text.toWellFormed());
  const rows = [...facts, ...evidence].map(({ name, value }) => `<tr><td>${e(name)}</td><td>${e(value)}</td></tr>`);
  const shown = items.slice(0, MOST_ITEMS);
  const rest = items.length - shown.length + more;
  const list = [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].map((item) => `<li>${e(item)}</li>`);
  return [
    '<!doctype html><html><body style="font-family:sans-serif">',
    `<h2 style="color:${COLOURS[tone]}">${e(headline)}</h2>`,
    ...remarks.map((remark) => `<p>${e(remark)}</p>`),
    list.length > 0 ? `<ul>${list.join('')}</ul>` : '',
    rows.length > 0 ? `<table cellpadding="4">${rows.join('')}</table>` : '',
    ...links.map(({ label, url }) => `<p><a href="${e(url)}">${e(label)}</a></p>`),
    `<p style="color:#77767b">${e(footer)}</p>`,
    '</body></html>',
  ].join('\n');
}
