import * as z from 'zod';
import { PROTOCOLS } from '../../protocols/registry.ts';
import { ANNOUNCEMENT, ENDPOINT, PROBE_SCHEMA, PUSH_ENDPOINT } from './schema.ts';

interface Schema {
  [keyword: string]: unknown;
}

const HOW = { io: 'input', unrepresentable: 'any' } as const;

/** The JSON Schema of `endpoints`, `push_endpoints`, `probes` and of `announcements`, in snake_case; Gatus's names are for its own files. */
export function endpointsSchema(): Schema {
  const own = schemaOf(ENDPOINT);
  const options = PROTOCOLS.map(({ options: shape }) => (schemaOf(shape) as { properties?: Schema }).properties ?? {});
  const endpoint = { ...own, properties: Object.assign({}, ...options, own.properties) as Schema };
  return {
    endpoints: list('What is looked at from outside', endpoint),
    push_endpoints: list('What is looked at by being called', schemaOf(PUSH_ENDPOINT)),
    probes: list('Nodes that look at endpoints for this hub', schemaOf(PROBE_SCHEMA)),
    announcements: list('What the public status page says to everybody', schemaOf(ANNOUNCEMENT)),
  };
}

function list(description: string, items: Schema): Schema {
  return { description, type: 'array', items };
}

function schemaOf(schema: z.ZodType): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, HOW);
  return rest;
}
