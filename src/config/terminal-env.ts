/** What the environment says about printing, before and apart from the settings. */
export interface TerminalEnv {
  /** `NO_COLOR` is set and not empty (https://no-color.org). */
  readonly noColor: boolean;
  /** `TERM=dumb`: no colour, no spinner. */
  readonly dumb: boolean;
  /** The log level is `debug` or `trace`: errors are printed with their stack. */
  readonly debug: boolean;
}

/** Reads it; `env` is the process's own outside tests. */
export function terminalEnv(env: Readonly<Record<string, string | undefined>> = process.env): TerminalEnv {
  const level = env.MONITOR_LOG_LEVEL;
  return {
    noColor: (env.NO_COLOR ?? '') !== '',
    dumb: env.TERM === 'dumb',
    debug: level === 'debug' || level === 'trace',
  };
}
