/** How a stream ended: with the status of a hub that gave none, 0 when it broke off or was never reached. */
export interface StreamEnd {
  readonly status: number;
}

/** What is told of a stream. */
export interface StreamListener {
  opened(): void;
  /** Any bytes: events, and the comments between them, which are signs of life. */
  heard(text: string): void;
}

/**
 * Reads the live stream behind the event `after` until it ends. Not an EventSource: that hides the comments that show
 * that the hub lives, and the status of a hub that refuses.
 */
export async function readStream(
  path: string,
  after: string | null,
  listener: StreamListener,
  signal: AbortSignal,
): Promise<StreamEnd> {
  const headers = { Accept: 'text/event-stream', ...(after !== null && { 'Last-Event-ID': after }) };
  try {
    const response = await fetch(path, { headers, credentials: 'same-origin', cache: 'no-store', signal });
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    if (!response.ok || !isStream || response.body === null) return { status: response.ok ? 404 : response.status };
    listener.opened();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) listener.heard(part.value);
  } catch {
    // Broken off, or called off: the same to those who listen.
  }
  return { status: 0 };
}
