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
