/** An error as a value that can be cloned, its own fields with it. */
export interface PlainError {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly [field: string]: unknown;
}

/** An error on its way to another thread; also for the log. What was thrown and is no error is its text. */
export function toPlain(error: unknown): PlainError {
  // Not by instanceof: errors of compiled code may be of another realm.
  const { message, stack, name, cause, ...fields } = (
    typeof error === 'object' && error !== null && 'message' in error ? allOf(error) : { message: String(error) }
  ) as Record<string, unknown>;
  const plain = Object.entries(fields).filter(([, value]) => isPlain(value));
  return {
    ...Object.fromEntries(plain),
    type: typeof name === 'string' ? name : 'Error',
    message: String(message),
    stack: typeof stack === 'string' ? stack : undefined,
    ...(cause !== undefined && { cause: toPlain(cause) }),
  };
}

/** The error again: with its name and its fields, but not of its class. */
export function revive({ type, message, stack, cause, ...fields }: PlainError): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause: revive(cause as PlainError) });
  return Object.assign(error, fields, { name: type }, stack === undefined ? {} : { stack });
}

function allOf(error: object): Record<string, unknown> {
  const { message, stack, name, cause } = error as Error;
  return { ...error, message, stack, name, cause };
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  return value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value);
}
