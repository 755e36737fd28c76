import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import * as z from 'zod';
import { readBody as readContent } from '../../core/reading/body.ts';
import type { FieldError } from '../../core/reading/read.ts';
import { readBody } from '../body.ts';
import { failure, type Reply } from '../reply.ts';
import { readLines, saysLines } from './lines.ts';
import type { RouteRequest } from './route.ts';
import { isUnstorable } from './unstorable.ts';

const BODY_BYTES = 64 * 1024;
const UNPACKED_BYTES = 8 * 1024 * 1024;
// Of what is cut: a log that goes on for ever is not read to its end.
const LONGEST_TEXT = 8 * 1024 * 1024;
const KEY = /^[\x21-\x7e]{1,200}$/;

/** What a request wants changed; or why it is refused before that is looked at. */
export type Wanted = Pick<RouteRequest, 'body' | 'idempotencyKey'> | { readonly refused: Reply };

/** How the body of a request is read. */
export interface BodyRules {
  readonly bodyBytes?: number | undefined;
  /** Whether it is JSON whatever its type says: where its sender shows a token, no page of another site can send it. */
  readonly isAnyType?: boolean;
  /** Whether it may be compressed with gzip. */
  readonly takesGzip?: boolean | undefined;
  /** For `Route`. */
  readonly mostLines?: number | undefined;
  /** Asked of the bytes before anything else is made of them; its answer, where it has one, is the refusal. */
  readonly prove?: ((body: Buffer) => Promise<Reply | null>) | undefined;
}

/** Reads a request that changes something. */
export async function readWrite(
  request: IncomingMessage,
  { bodyBytes = BODY_BYTES, isAnyType = false, takesGzip = false, mostLines, prove }: BodyRules = {},
): Promise<Wanted> {
  const { 'content-type': type = '', 'idempotency-key': given } = request.headers;
  const idempotencyKey = given === undefined ? null : String(given);
  if (idempotencyKey !== null && !KEY.test(idempotencyKey))
    return refused(400, 'the header Idempotency-Key must have 1 to 200 characters of ASCII, without blanks');
  const body = await readBody(request, bodyBytes);
  if (!body.ok && body.reason === 'cut_off') return refused(400, 'the body is cut off');
  if (!body.ok)
    return {
      refused: { ...failure(413, `a body may have at most ${Math.floor(bodyBytes / 1024)} KiB`), unread: true },
    };
  const unproven = (await prove?.(body.bytes)) ?? null;
  if (unproven !== null) return { refused: unproven };
  if (body.bytes.length === 0) return { body: undefined, idempotencyKey };
  if (mostLines !== undefined && saysLines(type)) return { body: readLines(body.bytes, mostLines), idempotencyKey };
  // A page of another site can send other types without being asked first.
  if (!isAnyType && !/^application\/(?:[\w.+-]+\+)?json\b/i.test(type.trim()))
    return refused(415, 'send JSON, with the header Content-Type: application/json');
  const isPacked = takesGzip && request.headers['content-encoding'] === 'gzip';
  const bytes = isPacked ? await unpacked(body.bytes) : body.bytes;
  if (bytes === null) return refused(400, `the body is no gzip of at most ${UNPACKED_BYTES / 1024 ** 2} MiB`);
  const content = readContent(bytes, isAnyType ? 'application/json' : type);
  if (!content.ok) return refused(400, content.message);
  if (mostLines === undefined && isUnstorable(content.value))
    return refused(400, 'a text of the body holds NUL or half a surrogate pair');
  return { body: content.value, idempotencyKey };
}

/** What was compressed; null where it is no gzip, or more than may be. */
async function unpacked(bytes: Buffer): Promise<Buffer | null> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: UNPACKED_BYTES });
  } catch {
    return null;
  }
}

/** Reads any text, to the bytes that are kept of it: what is beyond them is thrown away. */
export async function readText(
  request: IncomingMessage,
  limit = BODY_BYTES,
  prove?: BodyRules['prove'],
): Promise<Wanted> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (size < limit) chunks.push(chunk.subarray(0, limit - size));
    size += chunk.length;
    if (size > LONGEST_TEXT) return { refused: { ...failure(413, 'the body is too long'), unread: true } };
  }
  const body = Buffer.concat(chunks);
  const unproven = (await prove?.(body)) ?? null;
  return unproven === null ? { body, idempotencyKey: null } : { refused: unproven };
}

/** Reads the form of a page, or what a program posts in its place; undefined for what nobody can read. */
export async function readForm(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request, BODY_BYTES);
  if (!body.ok || body.bytes.length === 0) return undefined;
  const content = readContent(body.bytes, request.headers['content-type'] ?? '');
  return content.ok ? content.value : undefined;
}

function refused(status: number, message: string): { readonly refused: Reply } {
  return { refused: failure(status, message) };
}

/** Fields of a body that are wrong: 422. */
export class WriteError extends Error {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super(
      `wrong body: ${errors.map(({ path, message }) => (path === '' ? message : `${path} ${message}`)).join('; ')}`,
    );
    this.errors = errors;
  }
}

/** A body as a schema reads it; nothing is read as an empty object. Throws WriteError. */
export function readFields<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  throw new WriteError(
    result.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'is not a field of this request' }))
        : [{ path: issue.path.join('.'), message: issue.message }],
    ),
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused.
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/;
/** One line of at most so many characters, such as who asks. */
export const nameField = (max: number) =>
  z
    .string('must be a text')
    .max(max, `is longer than ${max} characters`)
    .regex(/^[^\p{Cc}]*$/u, 'must be one line')
    .transform((text) => text.trim());

/** What somebody says about it. */
export const commentField = z
  .string('must be a text')
  .max(4000, 'is longer than 4000 characters')
  .refine((text) => !CONTROL.test(text), 'must be a text without control characters');

/** A time with its zone. */
export const timeField = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-28T14:30:00Z' });
