import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its key, both PEM, and what signing others with it needs. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly name: string;
  readonly privateKey: KeyObject;
  /** Its number, as bytes. */
  readonly serial: Buffer;
}

export interface CertificateOptions {
  readonly name: string;
  /** Signed by this one; left out, by itself. */
  readonly issuer?: Certificate;
  readonly isAuthority?: boolean;
  readonly dnsNames?: readonly string[];
  /** IPv4 addresses. */
  readonly addresses?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const DAY = 86_400_000;

/** Makes an X.509 certificate (RFC 5280) on P-256, with nothing but node:crypto. */
export function makeCertificate(options: CertificateOptions): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signature = sequence(oid('2a8648ce3d040302')); // ecdsa-with-SHA256
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    signature,
    commonName(options.issuer?.name ?? options.name),
    sequence(
      time(options.notBefore ?? new Date(Date.now() - DAY)),
      time(options.notAfter ?? new Date(Date.now() + DAY)),
    ),
    commonName(options.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions(options))),
  );
  const signed = sign('sha256', body, options.issuer?.privateKey ?? privateKey);
  const der = sequence(body, signature, tlv(0x03, Buffer.from([0]), signed));
  return {
    cert: pem('CERTIFICATE', der),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    name: options.name,
    privateKey,
    serial,
  };
}

/** Makes the revocation list of an authority (RFC 5280, 5), PEM. */
export function makeRevocationList(issuer: Certificate, revoked: readonly Certificate[]): string {
  const signature = sequence(oid('2a8648ce3d040302'));
  const [from, to] = [new Date(Date.now() - DAY), new Date(Date.now() + DAY)];
  const entries = revoked.map(({ serial }) => sequence(integer(serial), time(from)));
  const body = sequence(
    signature,
    commonName(issuer.name),
    time(from),
    time(to),
    ...(entries.length > 0 ? [sequence(...entries)] : []),
  );
  const signed = sign('sha256', body, issuer.privateKey);
  return pem('X509 CRL', sequence(body, signature, tlv(0x03, Buffer.from([0]), signed)));
}

function pem(what: string, der: Buffer): string {
  // An empty line, behind a last one that is full, would be no PEM.
  const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${what}-----\n${lines}\n-----END ${what}-----\n`;
}

function extensions(options: CertificateOptions): Buffer[] {
  const found: Buffer[] = [];
  if (options.isAuthority) {
    found.push(
      sequence(oid('551d13'), tlv(0x01, Buffer.from([0xff])), tlv(0x04, sequence(tlv(0x01, Buffer.from([0xff]))))),
    );
  }
  const names = [
    ...(options.dnsNames ?? []).map((name) => tlv(0x82, Buffer.from(name))),
    ...(options.addresses ?? []).map((address) => tlv(0x87, Buffer.from(address.split('.').map(Number)))),
  ];
  if (names.length > 0) found.push(sequence(oid('551d11'), tlv(0x04, sequence(...names))));
  return found.length > 0 ? found : [sequence(oid('551d13'), tlv(0x04, sequence()))];
}

function commonName(name: string): Buffer {
  return sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(name)))));
}

function time(date: Date): Buffer {
  return tlv(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
}

function integer(value: Buffer): Buffer {
  return tlv(0x02, value);
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, ...parts);
}

function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const head =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), value]);
}
