import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Secret } from '../crypto/secret.ts';
import { type Dial, explainDial } from '../net/dial.ts';

/** A mail server. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the start, by STARTTLS or not at all, by STARTTLS where it is offered, or never. */
  readonly tls: 'implicit' | 'starttls' | 'opportunistic' | 'none';
  readonly login?: { readonly user: string; readonly password: Secret } | undefined;
}

/** A mail to several people. Line breaks in its headers are refused. */
export interface Mail {
  readonly from: { readonly name: string; readonly address: string };
  /** All recipients, as the mail names them. */
  readonly to: readonly string[];
  /** Those that it is sent to now. */
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** With its angle brackets. */
  readonly messageId: string;
  /** The mail that it answers, with its angle brackets. */
  readonly inReplyTo?: string | undefined;
  /** UTC milliseconds. */
  readonly date: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** A failure of the mail server or on the way to it. `status` is its three digits, 0 without an answer. */
export interface MailFailure {
  readonly kind: 'refused' | 'login' | 'timeout' | 'network' | 'blocked';
  readonly status: number;
  readonly permanent: boolean;
  readonly reason: string;
}

/** Who has the mail now, and why the others have not. */
export interface MailOutcome {
  readonly accepted: readonly string[];
  readonly rejected: readonly { readonly address: string; readonly permanent: boolean; readonly reason: string }[];
  /** Set when nobody has it. */
  readonly failure?: MailFailure;
  /** What the server said last. */
  readonly answer: string;
}

/** What sending mail needs of the process. */
export interface MailDoors {
  readonly dial: Dial;
  /** What the server is told who calls. */
  readonly hostname: string;
  /** Milliseconds without a word of the server. */
  readonly patienceMs: number;
}

/** Sends a mail in one transaction. Never rejects. */
export async function sendMail(
  server: MailServer,
  mail: Mail,
  doors: MailDoors,
  signal: AbortSignal,
): Promise<MailOutcome> {
  const target = { host: server.host, port: server.port };
  let connection: SMTPConnection | undefined;
  const stop = () => connection?.close();
  try {
    const bytes = await compose(mail);
    const socket = await doors.dial[server.tls === 'implicit' ? 'tls' : 'tcp'](target, signal);
    const ca = await doors.dial.authorities();
    connection = new SMTPConnection({
      ...target,
      connection: socket,
      secure: server.tls === 'implicit',
      secured: server.tls === 'implicit',
      requireTLS: server.tls === 'starttls',
      ignoreTLS: server.tls === 'none',
      name: doors.hostname,
      connectionTimeout: doors.patienceMs,
      greetingTimeout: doors.patienceMs,
      socketTimeout: doors.patienceMs,
      maxResponseSize: 64 * 1024,
      ...(ca !== undefined && { tls: { ca: [...ca] } }),
    });
    signal.addEventListener('abort', stop, { once: true });
    return await transact(connection, server, mail, bytes);
  } catch (error) {
    const failure = failureOf(error, target, signal);
    return { accepted: [], rejected: [], failure, answer: failure.reason };
  } finally {
    signal.removeEventListener('abort', stop);
    connection?.quit();
  }
}

function transact(connection: SMTPConnection, server: MailServer, mail: Mail, bytes: Buffer): Promise<MailOutcome> {
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.once('end', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    const send = () => {
      const envelope = { from: mail.from.address, to: [...mail.recipients] };
      connection.send(envelope, bytes, (error, info) => {
        if (error) return reject(error);
        resolve({
          accepted: (info?.accepted ?? []).map(String),
          rejected: (info?.rejectedErrors ?? []).map(rejection),
          answer: String(info?.response ?? ''),
        });
      });
    };
    connection.connect((error) => {
      if (error) return reject(error);
      const { login } = server;
      if (login === undefined) return send();
      const credentials = { user: login.user, pass: login.password.reveal() };
      connection.login({ credentials }, (refused) => (refused ? reject(refused) : send()));
    });
  });
}

/** An error of nodemailer, as far as it is read here. */
interface SmtpError extends Error {
  readonly code?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
  readonly recipient?: string | undefined;
  readonly rejectedErrors?: readonly SmtpError[] | undefined;
}

function rejection(error: SmtpError) {
  const { recipient = '', responseCode = 0, response, message } = error;
  return { address: recipient, permanent: responseCode >= 500, reason: `${recipient}: ${response ?? message}` };
}

const CONNECTING: readonly string[] = ['ECONNECTION', 'ESOCKET', 'ETLS', 'EDNS', 'EPROTOCOL'];

function failureOf(error: unknown, target: { host: string; port: number }, signal: AbortSignal): MailFailure {
  const { code = '', responseCode = 0, response, message, rejectedErrors } = error as SmtpError;
  const said = response ?? message;
  if (signal.aborted)
    return { kind: 'timeout', status: 0, permanent: false, reason: `${target.host} was not done in time` };
  if (rejectedErrors !== undefined && rejectedErrors.length > 0) {
    const all = rejectedErrors.map(rejection);
    const permanent = all.every((one) => one.permanent);
    return { kind: 'refused', status: responseCode, permanent, reason: all.map(({ reason }) => reason).join('; ') };
  }
  if (code === 'EAUTH')
    return {
      kind: 'login',
      status: responseCode,
      permanent: responseCode === 0 || responseCode >= 500,
      reason: `login refused: ${said}`,
    };
  // A server that does not offer TLS today is no answer to the mail.
  if (responseCode >= 400 && code !== 'ETLS')
    return { kind: 'refused', status: responseCode, permanent: responseCode >= 500, reason: said };
  if (code === 'ETIMEDOUT')
    return { kind: 'timeout', status: 0, permanent: false, reason: `${target.host}:${target.port}: ${said}` };
  if (CONNECTING.includes(code))
    return { kind: 'network', status: 0, permanent: false, reason: `${target.host}:${target.port}: ${said}` };
  const { kind, permanent, reason } = explainDial(error, target);
  return {
    kind: kind === 'blocked' ? 'blocked' : kind === 'timeout' ? 'timeout' : 'network',
    status: 0,
    permanent,
    reason,
  };
}

function compose(mail: Mail): Promise<Buffer> {
  const { from, to, subject, text, html, messageId, inReplyTo, date, headers } = mail;
  for (const value of [from.name, from.address, ...to, subject, messageId, ...Object.values(headers)]) {
    if (/[\r\n\0]/.test(value))
      throw Object.assign(new Error('a header of the mail holds a line break'), { responseCode: 554 });
  }
  const composer = new MailComposer({
    from,
    to: [...to],
    subject,
    text,
    html,
    messageId,
    ...(inReplyTo !== undefined && { inReplyTo, references: [inReplyTo] }),
    date: new Date(date),
    headers: { ...headers },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return new Promise((resolve, reject) => {
    composer.compile().build((error, bytes) => (error ? reject(error) : resolve(bytes as Buffer)));
  });
}
