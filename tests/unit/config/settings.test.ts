import { describe, expect, test } from '@jest/globals';
import { rows, yamlPath } from '../../../src/config/rows.ts';
import type { Machine } from '../../../src/config/settings.ts';

const OWN_NAMES =
  /^(HUB_URL|HUB_API_KEY|CLUSTER_ENABLED|INSTANCE_ID|DATABASE_URL|BASE_URL|FWD_DESTINATIONS|HTTPS?_PROXY|NO_PROXY|WEBHOOK_SECRET_[A-Z_]+|MONITOR_[A-Z0-9_]+)$/;
const MACHINE: Machine = { hostname: 'web', home: '/home/someone', isRoot: false, xdgStateHome: undefined };

describe('every setting', () => {
  test.each(rows().map(({ setting }) => [setting.env, setting] as const))(
    '%s keeps the rules of the table',
    (_name, setting) => {
      expect(setting.env).toMatch(OWN_NAMES);
      expect(setting.description).toMatch(/^[A-Z`].*\.$/);
      expect(setting.kind.schema.safeParse(setting.kind.fromText(setting.example)).error).toBeUndefined();
    },
  );

  test('has a name and a place of its own', () => {
    const names = rows().map(({ setting }) => setting.env);
    const places = rows()
      .map(({ setting }) => yamlPath(setting))
      .filter((path) => path !== null);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(places).size).toBe(places.length);
  });

  test('has a default that says what it is: the words of it stand for the value', () => {
    for (const { setting } of rows()) {
      if (typeof setting.default !== 'number' || setting.defaultText === undefined) continue;
      expect(setting.kind.schema.parse(setting.kind.fromText(setting.defaultText))).toBe(setting.default);
    }
  });
});

test('the state folder follows the XDG Base Directory specification', () => {
  const row = rows().find(({ setting }) => setting.env === 'MONITOR_STATE_DIR');
  const stateDir = row?.setting.default as (machine: Machine) => string;
  expect(stateDir(MACHINE)).toBe('/home/someone/.local/state/monitor');
  expect(stateDir({ ...MACHINE, xdgStateHome: '/state' })).toBe('/state/monitor');
  expect(stateDir({ ...MACHINE, xdgStateHome: 'relative' })).toBe('/home/someone/.local/state/monitor');
  expect(stateDir({ ...MACHINE, isRoot: true })).toBe('/var/lib/monitor');
  expect(stateDir({ ...MACHINE, home: '' })).toBe('');
});
