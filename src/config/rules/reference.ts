import * as z from 'zod';
import { RULE_KINDS } from '../../rule-kinds/registry.ts';
import { section } from '../fields.ts';
import { RULE_COMMON } from './schema.ts';

interface Schema {
  [keyword: string]: unknown;
}

/** The JSON Schema of `rules`. */
export function rulesSchema(): Schema {
  const { properties, ...own } = schemaOf(section(RULE_COMMON));
  const kinds = Object.fromEntries(
    RULE_KINDS.map(({ name, summary, options }) => [
      name,
      { description: `Condition: ${summary}`, ...schemaOf(options) },
    ]),
  );
  const items = { ...own, properties: { ...(properties as Schema), ...kinds } };
  return { rules: { description: 'What raises alerts by the figures that come in', type: 'array', items } };
}

/** The options of each kind as a table for docs/rules.md, and before them those that all rules have. */
export function rulesReference(): string {
  const tableOf = (schema: z.ZodType) => {
    const { properties = {}, required = [] } = schemaOf(schema) as {
      properties?: Record<string, Schema>;
      required?: string[];
    };
    const lines = Object.entries(properties).map(([name, { description, default: fallback }]) => {
      const must = required.includes(name)
        ? 'required'
        : fallback === undefined
          ? ''
          : `\`${JSON.stringify(fallback)}\``;
      return `| \`${name}\` | ${must} | ${String(description ?? '').replaceAll('|', '\\|')} |`;
    });
    return ['| option | default | meaning |', '|---|---|---|', ...lines].join('\n');
  };
  const parts = RULE_KINDS.map(
    ({ name, summary, options }) => `### ${name}\n\n${sentence(summary)}\n\n${tableOf(options)}`,
  );
  return [`### All rules\n\n${tableOf(section(RULE_COMMON))}`, ...parts].join('\n\n');
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function schemaOf(schema: z.ZodType): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}
