import type { EndpointLook } from './look.ts';

/** What one look came to, for programs: snake_case, times in ISO 8601 and milliseconds; null for what is not known. */
export function lookDocument(url: string, { success, at, conditions, look, domainExpiresAt }: EndpointLook) {
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
