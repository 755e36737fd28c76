import * as z from 'zod';
import { CHECKERS } from '../checkers/registry.ts';
import { sourcesSchema } from '../drivers/generic.ts';
import { DRIVERS } from '../drivers/registry.ts';
import { secretVariable } from '../lib/crypto/secret.ts';
import { endpointsSchema } from './endpoints/reference.ts';
import { policySchema } from './notify/reference.ts';
import { peersSchema } from './peers/reference.ts';
import { type Row, rows, yamlPath } from './rows.ts';
import { rulesSchema } from './rules/reference.ts';
import { type Setting, WEBHOOK_DRIVERS } from './settings.ts';

interface Schema {
  [keyword: string]: unknown;
}

/** Text of `.env.sample`: every variable with its meaning, all commented out. */
export function envSample(): string {
  const head =
    'Settings of monitor, each with an example. Copy what you need to .env in the working folder, to a file that ' +
    'MONITOR_ENV_FILE names, or to the environment of the process (systemd: EnvironmentFile=). An empty value is an unset one. A secret X may be given as X_FILE, the path of a ' +
    'file that holds it. Made from src/config/settings.ts by: node scripts/generate.js';
  const entries = rows().map(({ setting }) => {
    const fallback = defaultInWords(setting);
    const also = setting.aliases === undefined ? '' : ` Also ${setting.aliases.join(', ')}.`;
    const note = fallback === '' ? also : `${also} Default: ${fallback}.`;
    return `${comment(setting.description + note)}\n# ${setting.env}=${setting.example}`;
  });
  const secrets =
    'Each secret of a channel in notify.channels of monitor.yaml, by the names of the channel and of its option; also as …_FILE.';
  const channel = `${comment(secrets)}\n# MONITOR_CHANNEL_OPS_URL=https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX`;
  return `${[comment(head), ...entries, channel].join('\n\n')}\n`;
}

function comment(text: string): string {
  return text.replace(/(.{1,116})(\s+|$)/g, '# $1\n').trimEnd();
}

/** Table of `docs/configuration.md`, in Markdown; of the webhook secrets, which are all alike, the cluster's only. */
export function settingsTable(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
  const code = (text: string | null) => (text === null ? '' : `\`${text}\``);
  const isShown = ({ place: [first, driver] }: Row) => first !== 'webhookSecrets' || driver === 'cluster';
  const lines = rows()
    .filter(isShown)
    .map(({ setting }) => {
      const own = setting.secret ? [setting.env, `${setting.env}_FILE`] : [setting.env];
      const name = [...own, ...(setting.aliases ?? [])].map(code).join(', ');
      return `| ${name} | ${code(yamlPath(setting))} | ${cell(defaultInWords(setting))} | ${cell(setting.description)} |`;
    });
  const alike = WEBHOOK_DRIVERS.filter((driver) => driver !== 'cluster');
  const others = alike.map((driver) => code(secretVariable(driver))).join(', ');
  const table = ['| variable | in monitor.yaml | default | meaning |', '|---|---|---|---|', ...lines].join('\n');
  return `${table}\n\nThe other drivers have the same two settings: ${others}.`;
}

/** Tables of the options of every checker, in Markdown. */
export function checkerTables(): string {
  const tables = CHECKERS.map((checker) => {
    const { properties } = schemaOf(checker.options.schema) as { properties?: Record<string, Schema> };
    const lines = Object.entries(properties ?? {}).map(([name, option]) => {
      const fallback = option.default === undefined ? '' : `\`${JSON.stringify(option.default)}\``;
      return `| \`${name}\` | ${fallback} | ${String(option.description ?? '').replaceAll('|', '\\|')} |`;
    });
    const table =
      lines.length === 0
        ? 'It has no options.'
        : ['| option | default | meaning |', '|---|---|---|', ...lines].join('\n');
    return `### checkers.${checker.name}\n\n${checker.summary}\n\n${table}`;
  });
  return tables.join('\n\n');
}

/** The JSON Schema (draft 2020-12) of monitor.yaml. */
export async function configSchema(): Promise<Schema> {
  const root: Schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'monitor.yaml',
    description: 'Configuration of monitor',
    ...emptyObject(),
  };
  for (const row of rows()) add(root, row);
  const options = CHECKERS.map((checker): [string, Schema] => {
    const accepted = { anyOf: [{ type: 'boolean' }, schemaOf(checker.options.schema)] };
    return [checker.name, { description: checker.summary, ...accepted }];
  });
  const checkers = {
    description: 'Options of the checkers',
    ...emptyObject(),
    properties: Object.fromEntries(options),
  };
  const drivers = {
    description: 'Options of the drivers, see docs/drivers',
    ...emptyObject(),
    properties: Object.fromEntries(
      DRIVERS.flatMap(({ name, summary, options }) =>
        options === undefined ? [] : [[name, { description: summary, ...schemaOf(options) }]],
      ),
    ),
  };
  const properties = root.properties as Schema & { notify: { properties: Schema } };
  Object.assign(properties, {
    checkers,
    drivers,
    sources: schemaOf(sourcesSchema),
    ...endpointsSchema(),
    ...peersSchema(),
    ...rulesSchema(),
  });
  const policy = await policySchema();
  Object.assign(properties.notify.properties, policy.properties);
  return { ...root, $defs: policy.definitions };
}

function add(root: Schema, { setting }: Row): void {
  const path = yamlPath(setting)?.split('.');
  const name = path?.pop();
  if (path === undefined || name === undefined) return;
  let properties = root.properties as Schema;
  for (const level of path) {
    properties[level] ??= emptyObject();
    properties = (properties[level] as Schema).properties as Schema;
  }
  const isPlain = typeof setting.default !== 'function' && setting.default !== undefined && !setting.secret;
  properties[name] = {
    description: setting.secret ? `Path of a file that holds it. ${setting.description}` : setting.description,
    ...(setting.secret ? { type: 'string', minLength: 1 } : schemaOf(setting.kind.schema)),
    ...(isPlain
      ? { default: typeof setting.default === 'number' ? (setting.defaultText ?? setting.default) : setting.default }
      : {}),
  };
}

function schemaOf(schema: z.ZodType): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}

function emptyObject(): Schema {
  return { type: 'object', additionalProperties: false, properties: {} };
}

function defaultInWords(setting: Setting<unknown>): string {
  if (setting.defaultText !== undefined) return setting.defaultText;
  if (typeof setting.default === 'boolean') return setting.default ? '1' : '0';
  return setting.default === undefined ? '' : String(setting.default);
}
