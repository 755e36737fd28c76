import * as z from 'zod';
import { CHANNEL_NAMES, loadChannel, optionsOf } from '../../channels/registry.ts';
import { SECTIONS } from './schema.ts';

interface Schema {
  [keyword: string]: unknown;
}

/** The JSON Schema of the parts of `notify`, and of what they refer to. */
export async function policySchema(): Promise<{ readonly properties: Schema; readonly definitions: Schema }> {
  const { properties, $defs } = z.toJSONSchema(z.strictObject(SECTIONS).partial(), HOW) as unknown as {
    properties: Schema & { channels: Schema };
    $defs: Schema;
  };
  const { propertyNames, additionalProperties } = properties.channels as {
    propertyNames: Schema;
    additionalProperties: { anyOf: [{ properties: Schema }] };
  };
  const { type: _, ...own } = additionalProperties.anyOf[0].properties;
  const kinds: Schema[] = [];
  for (const name of CHANNEL_NAMES) {
    const channel = await loadChannel(name);
    if (channel === undefined) continue;
    const { properties: options } = z.toJSONSchema(optionsOf(channel), HOW) as { properties: Schema };
    const whole = { type: { const: name }, ...own, ...(withReferences(options) as Schema) };
    kinds.push({
      type: 'object',
      description: channel.summary,
      properties: whole,
      required: ['type'],
      additionalProperties: false,
    });
  }
  const unnamed = {
    description: 'A channel whose name is its type',
    type: ['object', 'null'],
    not: { required: ['type'] },
  };
  const channels = {
    description: 'Who can be told, by name. A secret stands in the environment, or is env:NAME or file:PATH here',
    ...{ type: 'object', propertyNames, additionalProperties: { anyOf: [...kinds, unnamed] } },
  };
  return { properties: { ...properties, channels }, definitions: $defs };
}

const HOW = { io: 'input', unrepresentable: 'any' } as const;

/** Secrets as they are written in the file: the place where each is. */
function withReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withReferences);
  if (typeof value !== 'object' || value === null) return value;
  const { secret, ...rest } = value as Schema;
  if (secret === true) return { ...rest, type: 'string', pattern: '^(env|file):.+' };
  return Object.fromEntries(Object.entries(rest).map(([key, one]) => [key, withReferences(one)]));
}
