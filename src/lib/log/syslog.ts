/** Levels of the log by weight, and the severity that RFC 5424 gives to each (section 6.2.1). */
const SEVERITY: Readonly<Record<string, number>> = { fatal: 2, error: 3, warn: 4, info: 6, debug: 7, trace: 7 };
const DAEMON = 3;

/** What stands in front of the message in a syslog line. */
export interface SyslogHead {
  /** `fatal`, `error`, `warn`, `info`, `debug` or `trace`. */
  readonly level: string;
  /** UTC milliseconds. */
  readonly time: number;
  readonly hostname: string;
  readonly processId: number;
}

/**
 * One line of RFC 5424, facility daemon, application `monitor`, ended by a newline. The message goes without the
 * byte order mark, which would keep receivers from reading it as JSON; a line break in it becomes a space.
 */
export function syslogLine(head: SyslogHead, message: string): string {
  const priority = DAEMON * 8 + (SEVERITY[head.level] ?? 6);
  const fields = [
    new Date(head.time).toISOString(),
    field(head.hostname, 255),
    'monitor',
    field(`${head.processId}`, 128),
    '-',
    '-',
  ];
  return `<${priority}>1 ${fields.join(' ')} ${message.trimEnd().replace(/[\r\n]+/g, ' ')}\n`;
}

/** A header field holds visible ASCII only, has a greatest length, and is `-` when empty (section 6). */
function field(text: string, longest: number): string {
  return text.replace(/[^\x21-\x7e]/g, '').slice(0, longest) || '-';
}
