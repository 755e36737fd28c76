import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, makeCertificate } from './certificates.ts';

/** An authority of one's own and a certificate for 127.0.0.1, with the authority in a file. */
export interface TrustedServer {
  readonly authority: Certificate;
  readonly server: Certificate;
  readonly caFile: string;
  /** Writes a file beside it. */
  file(name: string, text: string): string;
  remove(): void;
}

/** Makes them. */
export function trustedServer(): TrustedServer {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-look-'));
  const authority = makeCertificate({ name: 'Test Authority', isAuthority: true });
  const server = makeCertificate({
    name: 'server',
    issuer: authority,
    addresses: ['127.0.0.1'],
    dnsNames: ['localhost'],
  });
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  return {
    ...{ authority, server, file },
    caFile: file('ca.pem', authority.cert),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
