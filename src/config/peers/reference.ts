import * as z from 'zod';
import { PEER } from './link-schema.ts';
import { PEER_KEY } from './schema.ts';

interface Schema {
  [keyword: string]: unknown;
}

/** The JSON Schema of the sections about other hubs. */
export function peersSchema(): Schema {
  const listOf = (schema: z.ZodType, description: string) => {
    const { $schema: _, ...items } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    return { description, type: 'array', items };
  };
  return {
    peer_keys: listOf(PEER_KEY, 'Who may send what is signed in the manner of Hawk'),
    peers: listOf(PEER, 'Other hubs, and Alerta servers, that are told what happens here'),
  };
}
