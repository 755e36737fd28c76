import { oneLine } from '../../core/one-line.ts';
import type { EndpointLook } from '../../endpoints/look.ts';
import type { Look } from '../../protocols/contract.ts';
import type { Terminal } from '../contract.ts';

const DAY_MS = 86_400_000;

/** What a look came to, as a person reads it. */
export function lookLines(url: string, found: EndpointLook, { colour }: Pick<Terminal, 'colour'>): string[] {
  const { look, conditions, success } = found;
  const paint = (text: string, isGood: boolean) => (colour ? `\u001b[${isGood ? 32 : 31}m${text}\u001b[0m` : text);
  const marks = conditions.map(
    ({ condition, success: holds }) => `  ${paint(holds ? '✓' : '✗', holds)} ${printable(condition)}`,
  );
  return [
    `${printable(url)}  ${paint(success ? 'up' : 'down', success)}`,
    ...marks,
    ...(look.error === null ? [] : [`  ${paint('error', false)}  ${printable(look.error.message)}`]),
    ...seenLines(found).map((line) => `  ${line}`),
    `  time   ${timeText(look)}`,
  ];
}

function printable(text: string): string {
  return oneLine(text);
}

function seenLines({ look, at, domainExpiresAt }: EndpointLook): string[] {
  const { ip, status, version, dnsRcode, redirects, certificate } = look;
  const answer = [ip, version, ...(status > 0 ? [`status ${status}`] : []), dnsRcode].filter((part) => part !== '');
  return [
    ...(answer.length > 0 ? [`seen   ${answer.join(' · ')}`] : []),
    ...(redirects.length > 0 ? [`sent on to ${redirects.map(printable).join(', ')}`] : []),
    ...(certificate === null
      ? []
      : [
          `cert   ${printable(certificate.subject)} by ${printable(certificate.issuer)}, ${daysText(certificate.expiresAt - at)}${certificate.fault === null ? '' : ` (${certificate.fault.replaceAll('_', ' ')})`}`,
        ]),
    ...(domainExpiresAt === null ? [] : [`domain ${daysText(domainExpiresAt - at)}`]),
  ];
}

function daysText(ms: number): string {
  const days = Math.floor(Math.abs(ms) / DAY_MS);
  const span = `${days} ${days === 1 ? 'day' : 'days'}`;
  return ms < 0 ? `expired ${span} ago` : `expires in ${span}`;
}

function timeText({ timings }: Look): string {
  const parts = [
    ['dns', timings.dnsMs],
    ['connect', timings.connectMs],
    ['tls', timings.tlsMs],
    ['first byte', timings.firstByteMs],
    ['total', timings.totalMs],
  ] as const;
  return parts.flatMap(([name, ms]) => (ms === null ? [] : [`${name} ${msText(ms)}`])).join(' · ');
}

function msText(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/** The same for programs. */
export function lookDocument(url: string, { success, at, conditions, look, domainExpiresAt }: EndpointLook): object {
  const { timings, certificate } = look;
  const ms = (value: number | null) => (value === null ? null : Math.round(value * 1000) / 1000);
  const date = (value: number | null) => (value === null ? null : new Date(value).toISOString());
  return {
    ...{ url, success, at: date(at), conditions, error: look.error },
    ...{ connected: look.connected, status: look.status, ip: look.ip, version: look.version },
    ...{ dns_rcode: look.dnsRcode, redirects: look.redirects, body: look.body, body_cut: look.isBodyCut },
    certificate:
      certificate === null
        ? null
        : {
            ...{ subject: certificate.subject, issuer: certificate.issuer, fault: certificate.fault },
            expires_at: date(certificate.expiresAt),
            chain: certificate.chain.map((one) => ({ subject: one.subject, expires_at: date(one.expiresAt) })),
          },
    domain_expires_at: date(domainExpiresAt),
    timings: {
      dns_ms: ms(timings.dnsMs),
      connect_ms: ms(timings.connectMs),
      tls_ms: ms(timings.tlsMs),
      first_byte_ms: ms(timings.firstByteMs),
      total_ms: ms(timings.totalMs),
    },
  };
}
