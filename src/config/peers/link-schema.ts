import * as z from 'zod';
import { parseMatchers } from '../../core/policy/matchers.ts';
import { line, listOf, section, span } from '../fields.ts';
import { httpUrl } from '../kinds.ts';

const NAME = 'must be a name of 1 to 100 letters, digits, ., _ and -';
const AUTH =
  'must be one of {key, secret} (signed in the manner of Hawk), {key}, {username, password} and {token}, as env:NAME, file:PATH or text';
const WORD = 'must be *, alerts, actions, an action such as ack, delete or silences';
const PATH = 'must be a path such as /alert, with {id} where the id of an alert stands';

const secret = z.string({ error: AUTH }).min(1, { error: AUTH }).max(4096, { error: AUTH });
const path = z.string({ error: PATH }).regex(/^\/[\x21-\x7e]*$/, { error: PATH });
const file = line('the path of a file');

/** What is written of a peer. */
export const PEER = section({
  name: z
    .string({ error: NAME })
    .regex(/^[\w.-]{1,100}$/, { error: NAME })
    .describe('Its name in lists, figures and the history'),
  get url() {
    return httpUrl().schema.describe('Its base address; of an Alerta that of its API');
  },
  kind: z
    .enum(['native', 'alerta'], { error: 'must be native (a hub of ours) or alerta' })
    .default('native')
    .describe('native for our own hubs, alerta for an Alerta'),
  auth: z
    .union(
      [
        section({ key: secret, secret }),
        section({ key: secret }),
        section({ username: secret, password: secret }),
        section({ token: secret }),
      ],
      { error: AUTH },
    )
    .optional()
    .describe('How it knows this hub; each value as text, env:NAME or file:PATH'),
  filter: listOf(z.string({ error: WORD }).regex(/^(?:\*|[a-z][\w-]{0,49})$/i, { error: WORD }))
    .min(1, { error: 'must name at least one thing: ["*"] for everything' })
    .default(['*'])
    .describe('What it is sent: *, alerts, actions, a single action, delete, silences'),
  match: listOf(
    z.string({ error: 'must be a matcher such as severity="critical"' }).superRefine((text, context) => {
      try {
        parseMatchers(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    }),
  )
    .default([])
    .describe('Matchers that must all hold of an alert: of its labels, its severity and its source'),
  timeout: span(100, 300_000, 'from 100ms to 5m').default(10_000).describe('For one request'),
  tls: section({
    ca_file: file.optional().describe('Authorities that are trusted for it beside the public ones (PEM)'),
    cert_file: file.optional().describe('Certificate by which it knows this hub (PEM)'),
    key_file: file.optional().describe('Key of that certificate (PEM)'),
    verify: z
      .union([z.literal(true), z.literal('off')], { error: 'must be true, or off by name' })
      .default(true)
      .describe('off takes any certificate, and whoever is in between reads and changes everything'),
  })
    .refine(({ cert_file, key_file }) => (cert_file === undefined) === (key_file === undefined), {
      error: 'needs cert_file and key_file together',
    })
    .optional()
    .describe('How its certificate is looked at, and which one it is shown'),
  paths: section({
    entries: path.optional(),
    alert: path.optional(),
    action: path.optional(),
    delete: path.optional(),
  })
    .optional()
    .describe('Where it takes what, below its address'),
});

/** One of Alerta's FWD_DESTINATIONS. */
export const DESTINATION = z.tuple(
  [
    z.string(),
    z.looseObject({
      username: z.string().optional(),
      password: z.string().optional(),
      key: z.string().optional(),
      secret: z.string().optional(),
      token: z.string().optional(),
      timeout: z.number().optional(),
      ssl_verify: z.boolean().optional(),
    }),
    z.array(z.string()).min(1),
  ],
  { error: 'must be a list of [address, {credentials}, [filter]]' },
);
