import * as z from 'zod';
import { line, section } from '../fields.ts';

const ID = 'must be 1 to 200 letters, digits and signs, without blanks, quotes and backslashes';

/** A key by which another hub signs what it sends here. */
export const PEER_KEY = section({
  key: z
    .string({ error: ID })
    .regex(/^[!#-[\]-~]{1,200}$/, { error: ID })
    .describe('Its id, which the sender names'),
  secret: z.string({ error: 'must be a secret' }).describe('Its secret, taken as text; or env:NAME or file:PATH'),
  name: line('a name').optional().describe('Whose it is, for people and for the history; left out, the id'),
});
