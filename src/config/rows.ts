import { SETTINGS, type Setting, WEBHOOK_DRIVERS, webhookSecret } from './settings.ts';

/** A row of the table with its place in the settings value, such as `['cluster', 'requireV2']`. */
export interface Row {
  readonly place: readonly string[];
  readonly setting: Setting<unknown>;
}

/** All rows, in the order of the table; the secrets of the webhooks come last. */
export function rows(): readonly Row[] {
  const secrets = WEBHOOK_DRIVERS.flatMap((driver) => {
    const { current, previous } = webhookSecret(driver);
    return [
      { place: ['webhookSecrets', driver, 'current'], setting: current },
      { place: ['webhookSecrets', driver, 'previous'], setting: previous },
    ];
  });
  return [...flatten(SETTINGS, []), ...secrets];
}

function flatten(branch: object, place: readonly string[]): Row[] {
  return Object.entries(branch).flatMap(([name, value]: [string, object]) =>
    'env' in value
      ? [{ place: [...place, name], setting: value as Setting<unknown> }]
      : flatten(value, [...place, name]),
  );
}

/** Where a row stands in monitor.yaml: a secret by the path of its file. null when it cannot stand there. */
export function yamlPath(setting: Setting<unknown>): string | null {
  if (setting.yaml === undefined) return null;
  return setting.secret ? `${setting.yaml}_file` : setting.yaml;
}
