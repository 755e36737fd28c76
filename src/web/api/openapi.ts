import * as z from 'zod';
import { isKeyedHere, KEY_MINUTES } from './once.ts';
import { PROBLEM_TYPE } from './problem.ts';
import { byPath, type Route, route } from './route.ts';
import { SCHEMAS } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

const NAMED = '#/components/schemas/';
/** Version of the API: what is added is optional, and does not change it. */
const API_VERSION = '1';
const EVENT_STREAM = 'text/event-stream';

/**
 * The OpenAPI 3.1 document of the routes under `/api/v1`: made of the schemas by which they read what they are asked, and
 * of those of their answers.
 */
export function openApiDocument(routes: readonly Route[]): Json {
  const schemas: Record<string, unknown> = {};
  /** A schema of JSON; those that have a name are put among the components. */
  const jsonOf = (schema: z.ZodType): Json => {
    const made = z.toJSONSchema(schema, {
      io: 'input',
      unrepresentable: 'any',
      override: ({ jsonSchema }) => simplify(jsonSchema),
    });
    const {
      $schema: _,
      $defs = {},
      ...rest
    } = JSON.parse(JSON.stringify(made).replaceAll('"#/$defs/', `"${NAMED}`)) as Record<string, Record<string, Json>>;
    for (const [id, one] of Object.entries($defs)) schemas[id] = withoutId(one);
    return withoutId(rest);
  };
  const paths = [...byPath(routes)]
    .filter(([path]) => path.startsWith('/api/v1/'))
    .map(([path, own]) => [
      path.replaceAll(/:(\w+)/g, '{$1}'),
      Object.fromEntries(own.map((one) => [one.method.toLowerCase(), operation(one, jsonOf)])),
    ]);
  return {
    openapi: '3.1.0',
    info: { title: 'monitor', version: API_VERSION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

/** Leaves out what a name says already: the pattern of a format, and the bound of every integer. */
function simplify(schema: { format?: string; pattern?: string; maximum?: number }): void {
  if (schema.format === 'date-time' || schema.format === 'uuid') delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

function withoutId({ id: _, ...rest }: Json): Json {
  return rest;
}

const KEYED = {
  store: 'Under one key it is done once, however often it is sent',
  hub: `Under one key it is done once by one hub, if it is sent again within ${KEY_MINUTES} minutes`,
};

type JsonOf = (schema: z.ZodType) => Json;

function operation(one: Route, jsonOf: JsonOf): Json {
  const { method, path, role, summary, params, query, body } = one;
  const parameters = [
    ...parametersOf(params, 'path', jsonOf),
    ...parametersOf(query, 'query', jsonOf),
    ...(one.isStream ? [headerOf('Last-Event-ID', 'The last event that was read: what came behind it is sent')] : []),
    ...(one.isKeyed || isKeyedHere(one) ? [headerOf('Idempotency-Key', KEYED[one.isKeyed ? 'store' : 'hub'])] : []),
  ];
  return {
    operationId: operationId(method, path),
    summary,
    description: `Role: \`${role}\`.`,
    tags: [path.split('/')[3] ?? ''],
    ...(role === 'public' && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    // All of it may be left out, unless a field must be there: then its absence is refused.
    ...(body !== null && { requestBody: { content: bodyOf(one, jsonOf(body)) } }),
    responses: responsesOf(one, jsonOf),
  };
}

/** JSON, and one value a line where that may be. */
function bodyOf({ mostLines }: Route, schema: Json): Json {
  const lines = mostLines === undefined ? {} : { 'application/x-ndjson': { schema: { type: 'string' } } };
  return { 'application/json': { schema }, ...lines };
}

function headerOf(name: string, description: string): Json {
  return { name, in: 'header', description, schema: { type: 'string' } };
}

function parametersOf(schema: z.ZodType, where: 'path' | 'query', jsonOf: JsonOf): readonly Json[] {
  if (!(schema instanceof z.ZodObject)) return [];
  const { properties = {}, required = [] } = jsonOf(schema) as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, given]) => ({
    ...{ name, in: where, schema: given },
    ...(required.includes(name) && { required: true }),
  }));
}

function responsesOf({ answers, isStream }: Route, jsonOf: JsonOf): Json {
  const good = isStream
    ? [
        [
          '200',
          {
            description: 'Events, for as long as they are read',
            content: { [EVENT_STREAM]: { schema: { type: 'string' } } },
          },
        ],
      ]
    : Object.entries(answers).map(([status, schema]) => [
        status,
        {
          description: status === '201' ? 'Created' : 'Done',
          ...(schema !== null && { content: contentOf(jsonOf(schema)) }),
        },
      ]);
  const content = { [PROBLEM_TYPE]: { schema: jsonOf(SCHEMAS.Problem) } };
  return Object.fromEntries([...good, ['default', { description: 'What is wrong, and what mends it', content }]]);
}

/** JSON, unless the schema says that it is something else. */
function contentOf(schema: Json): Json {
  const { contentMediaType } = schema as { readonly contentMediaType?: string };
  return { [contentMediaType ?? 'application/json']: { schema } };
}

function operationId(method: string, path: string): string {
  const words = path
    .split('/')
    .slice(3)
    .flatMap((part) => part.replace(':', 'by-').split(/[-_.]/));
  return method.toLowerCase() + words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
}

/** `GET /api/v1/openapi.json`, which describes itself, too. */
export function openApiRoute(routes: readonly Route[]): Route {
  let made: Json | null = null;
  const own: Route = route({
    method: 'GET',
    path: '/api/v1/openapi.json',
    role: 'read',
    summary: 'This document',
    query: z.strictObject({}),
    answers: { 200: z.record(z.string(), z.unknown()) },
    answer: async () => {
      // Made when it is first asked for: it takes some milliseconds.
      made ??= openApiDocument([...routes, own]);
      return { status: 200, body: made };
    },
  });
  return own;
}
