import type { Socket } from 'node:net';
import { receive } from '../../lib/net/receive.ts';
import { LookFailure } from '../contract.ts';

/** Brings a connection to where TLS begins. Throws LookFailure for a server that does not go along. */
export type Dialog = (socket: Socket, signal: AbortSignal) => Promise<void>;

/** No answer before TLS is longer. */
const LIMIT = 65_536;

/** By what is spoken. */
export const DIALOGS: Readonly<Record<'smtp' | 'imap' | 'pop3' | 'ldap' | 'postgres', Dialog>> = {
  smtp: async (socket, signal) => {
    // RFC 3207: the last line of a reply has a blank behind its code.
    const isReply = (text: string) => /(^|\n)\d{3}( [^\n]*)?\r?\n$/.test(text);
    const expect = async (code: string, what: string) => {
      const text = await heard(socket, signal, isReply);
      if (!text.startsWith(code)) throw refused(`answered ${what} with`, text);
      return text;
    };
    await expect('220', 'the connection');
    socket.write('EHLO monitor.invalid\r\n');
    const abilities = await expect('250', 'EHLO');
    if (!/^250[ -]STARTTLS\s*$/im.test(abilities)) throw refused('does not offer STARTTLS; it offers', abilities);
    socket.write('STARTTLS\r\n');
    await expect('220', 'STARTTLS');
  },
  imap: async (socket, signal) => {
    // RFC 9051: replies to a command begin with its tag.
    const greeting = await heard(socket, signal, (text) => text.endsWith('\n'));
    if (!/^\* OK/i.test(greeting)) throw refused('answered the connection with', greeting);
    socket.write('a STARTTLS\r\n');
    const reply = await heard(socket, signal, (text) => /(^|\n)a [^\n]*\n$/.test(text));
    if (!/(^|\n)a OK/i.test(reply)) throw refused('answered STARTTLS with', reply);
  },
  pop3: async (socket, signal) => {
    // RFC 2595.
    const isLine = (text: string) => text.endsWith('\n');
    const greeting = await heard(socket, signal, isLine);
    if (!greeting.startsWith('+OK')) throw refused('answered the connection with', greeting);
    socket.write('STLS\r\n');
    const reply = await heard(socket, signal, isLine);
    if (!reply.startsWith('+OK')) throw refused('answered STLS with', reply);
  },
  ldap: async (socket, signal) => {
    // RFC 4511, 4.14: the extended request 1.3.6.1.4.1.1466.20037 as message 1.
    const name = Buffer.from('1.3.6.1.4.1.1466.20037');
    socket.write(Buffer.concat([Buffer.from([0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16]), name]));
    const answer = await bytesHeard(socket, signal, isElement);
    const code = resultCode(answer);
    if (code !== 0) throw new LookFailure('answer', `does not go over to TLS (LDAP result ${code ?? 'unreadable'})`);
  },
  postgres: async (socket, signal) => {
    // SSLRequest: its length, and 1234 and 5679 in place of a version.
    socket.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]));
    const answer = await bytesHeard(socket, signal, (bytes) => bytes.length > 0);
    // More than one byte would have come before TLS, from whoever stands between.
    if (answer.toString('latin1') === 'S') return;
    const why = answer.toString('latin1', 0, 1) === 'N' ? 'is PostgreSQL without TLS' : 'does not speak PostgreSQL';
    throw new LookFailure('answer', why);
  },
};

/** What is spoken where nothing is said, by the port (IANA). */
export const PORTS: Readonly<Record<number, keyof typeof DIALOGS>> = {
  25: 'smtp',
  587: 'smtp',
  2525: 'smtp',
  143: 'imap',
  110: 'pop3',
  389: 'ldap',
  5432: 'postgres',
};

async function heard(socket: Socket, signal: AbortSignal, isWhole: (text: string) => boolean): Promise<string> {
  const bytes = await bytesHeard(socket, signal, (some) => isWhole(some.toString('latin1')));
  return bytes.toString('latin1');
}

async function bytesHeard(socket: Socket, signal: AbortSignal, isWhole: (bytes: Buffer) => boolean): Promise<Buffer> {
  const { bytes, isCut } = await receive(socket, { limit: LIMIT, signal, isWhole });
  if (bytes.length === 0) throw new LookFailure('reset', 'closed the connection before TLS');
  if (isCut || !isWhole(bytes)) throw new LookFailure('protocol', 'says something else before TLS than was expected');
  return bytes;
}

/** Whether an element of BER is all there (short and long form of the length). */
function isElement(bytes: Buffer): boolean {
  const length = bytes[1];
  if (length === undefined) return false;
  if (length < 0x80) return bytes.length >= 2 + length;
  const digits = length & 0x7f;
  return digits <= 4 && bytes.length >= 2 + digits && bytes.length >= 2 + digits + bytes.readUIntBE(2, digits || 1);
}

/** Code of an extended response: behind the message number, an element 0x78 whose first part is an enumeration. */
function resultCode(bytes: Buffer): number | null {
  const at = bytes.indexOf(0x78, 2);
  const value = at === -1 ? -1 : bytes.indexOf(Buffer.from([0x0a, 0x01]), at);
  return value === -1 ? null : (bytes[value + 2] ?? null);
}

function refused(what: string, text: string): LookFailure {
  const line = text
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 100);
  return new LookFailure('answer', `${what} "${line}"`);
}
