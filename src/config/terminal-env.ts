/** What the environment says about printing, before and apart from the settings. */
export interface TerminalEnv {
  /**
   * Whether colour is wanted whatever stdout is: not with `NO_COLOR` (https://no-color.org) or `TERM=dumb`, but with
   * `FORCE_COLOR`, over both (https://force-color.org). Left out where neither is said.
   */
  readonly colour?: boolean;
  /** `TERM=dumb`: no colour, no spinner. */
  readonly dumb: boolean;
  /** `COLUMNS`, where it is exported. */
  readonly columns?: number;
  /** The log level is `debug` or `trace`: errors are printed with their stack. */
  readonly debug: boolean;
}

/** Reads it; `env` is the process's own outside tests. */
export function terminalEnv(env: Readonly<Record<string, string | undefined>> = process.env): TerminalEnv {
  const level = env.MONITOR_LOG_LEVEL;
  return {
    ...colourOf(env),
    dumb: env.TERM === 'dumb',
    ...(/^[1-9]\d{0,4}$/.test(env.COLUMNS ?? '') && { columns: Number(env.COLUMNS) }),
    debug: level === 'debug' || level === 'trace',
  };
}

function colourOf({
  FORCE_COLOR: forced = '',
  NO_COLOR: none = '',
  TERM,
}: Readonly<Record<string, string | undefined>>) {
  if (forced !== '') return { colour: forced !== '0' && forced !== 'false' };
  return none !== '' || TERM === 'dumb' ? { colour: false } : {};
}
