/** Wrong configuration, all problems at once; each names the setting, what is wrong and the fix, never a secret. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`${problems.length === 1 ? 'a problem' : `${problems.length} problems`} in the configuration`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
