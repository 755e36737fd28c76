import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { isatty } from 'node:tty';
import { type DestinationStream, pino } from 'pino';
import { type Clock, systemClock } from '../clock.ts';
import { syncWriter } from './stderr.ts';
import { syslogLine } from './syslog.ts';

/** What a line tells beside its message: names in camelCase, values as JSON. Those kept out are the logger's own. */
export type Fields = Readonly<Record<string, unknown>> & {
  readonly [own in 'level' | 'time' | 'pid' | 'version' | 'instance' | 'msg']?: never;
};

/** Writes one line. The message is a constant text without figures; what varies stands in the fields, an Error as `error`. */
type Write = (fields: Fields, message: string) => void;

/** The log of this process. */
export interface Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  readonly fatal: Write;
  /** A logger that adds these fields to every line. */
  child(fields: Fields): Logger;
}

/** How a logger writes. */
export interface LoggerOptions {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Unset, `pretty` when stderr is a terminal, else `json`. */
  readonly format?: 'json' | 'pretty' | 'syslog' | undefined;
  readonly version: string;
  readonly instanceId: string;
  /** Colours of the pretty form. */
  readonly colour?: boolean;
  readonly clock?: Clock;
  /** Takes the finished lines, each with its newline; stderr, written at once, unless a test gives another. */
  readonly write?: (line: string) => void;
}

// Secrets have a type that hides itself; this is the net under it, for headers and bodies that someone logs whole.
const HIDDEN = [
  'password',
  'secret',
  'token',
  'authorization',
  'cookie',
  '["x-cluster-signature"]',
  '["x-cluster-signature-v2"]',
];
const REDACTED = HIDDEN.flatMap((name) => [name, name.startsWith('[') ? `*${name}` : `*.${name}`]);

/** Opens the log: one JSON object a line on stderr, or the same for eyes (`pretty`) or for syslog (RFC 5424). */
export function createLogger(options: LoggerOptions): Logger {
  const clock = options.clock ?? systemClock;
  const settings = {
    level: options.level,
    base: { pid: process.pid, version: options.version, instance: options.instanceId },
    timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
    formatters: { level: (level: string) => ({ level }) },
    errorKey: 'error',
    serializers: { error: pino.stdSerializers.err },
    redact: { paths: REDACTED, censor: '[secret]' },
  };
  return narrow(pino(settings, destination(options, clock)));
}

function destination(options: LoggerOptions, clock: Clock): DestinationStream {
  const write = options.write ?? syncWriter();
  const format = options.format ?? (isatty(2) ? 'pretty' : 'json');
  if (format === 'json') return { write };
  if (format === 'pretty') {
    // Loaded only where a person looks on: an agent's run does not pay for it.
    const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
    const pretty = prettyFactory({
      colorize: options.colour ?? false,
      ignore: 'pid,version,instance',
      translateTime: 'SYS:HH:MM:ss.l',
    });
    return { write: (line) => write(pretty(line)) };
  }
  const head = { hostname: hostname(), processId: process.pid };
  const syslog = {
    // pino then leaves the level of the line in `lastLevel` (its documented interface for destinations).
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 30,
    write(line: string) {
      const level = pino.levels.labels[syslog.lastLevel] ?? 'info';
      write(syslogLine({ ...head, level, time: clock.now() }, line));
    },
  };
  return syslog;
}

function narrow(logger: pino.Logger): Logger {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    fatal: (fields, message) => logger.fatal(fields, message),
    child: (fields) => narrow(logger.child(fields)),
  };
}
