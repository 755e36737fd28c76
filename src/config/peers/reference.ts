import * as z from 'zod';
import { PEER_KEY } from './schema.ts';

interface Schema {
  [keyword: string]: unknown;
}

/** The JSON Schema of the sections about other hubs. */
export function peersSchema(): Schema {
  const { $schema: _, ...items } = z.toJSONSchema(PEER_KEY, { io: 'input', unrepresentable: 'any' });
  return { peer_keys: { description: 'Who may send what is signed in the manner of Hawk', type: 'array', items } };
}
