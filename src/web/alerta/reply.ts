import type { Reply } from '../reply.ts';

/**
 * An answer as clients of Alerta read it: an error is JSON whose `status` says so, with the id of the request, which comes
 * back as a header, too.
 */
export function asAlerta({ body, ...reply }: Reply, requestId: string | undefined): Reply {
  const isError = reply.status >= 400;
  const { message, error } = (body ?? {}) as { readonly message?: unknown; readonly error?: unknown };
  const told = typeof message === 'string' ? message : typeof error === 'string' ? error : 'refused';
  const named = requestId !== undefined && /^[\x21-\x7e]{1,200}$/.test(requestId);
  return {
    ...reply,
    headers: { ...reply.headers, ...(named && { 'X-Request-ID': requestId }) },
    body: isError
      ? { status: 'error', message: told, code: reply.status, errors: null, requestId: named ? requestId : null }
      : body,
  };
}
