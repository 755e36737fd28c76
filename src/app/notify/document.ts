import type { NotifyDocument } from '../../config/notify/document.ts';
import { Secret } from '../../lib/crypto/secret.ts';

/** A document whose secrets are plain text, so that it can cross into a thread; never to be logged. */
export interface PlainDocument extends Omit<NotifyDocument, 'urls' | 'channels'> {
  readonly urls: readonly string[];
  readonly channels: readonly (Omit<NotifyDocument['channels'][number], 'options'> & { readonly options: string })[];
}

/** The form that crosses. */
export function plainDocument({ urls, channels, ...rest }: NotifyDocument): PlainDocument {
  return {
    ...rest,
    urls: urls.map((url) => url.reveal()),
    channels: channels.map((entry) => ({ ...entry, options: entry.options.reveal() })),
  };
}

/** The document again, on the other side. */
export function documentOf({ urls, channels, ...rest }: PlainDocument): NotifyDocument {
  return {
    ...rest,
    urls: urls.map((url) => new Secret(url)),
    channels: channels.map((entry) => ({ ...entry, options: new Secret(entry.options) })),
  };
}
