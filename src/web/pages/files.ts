/** A file of the pages, in the forms that browsers take. */
export interface PageFile {
  readonly type: string;
  /** A strong validator, with its quotes. */
  readonly etag: string;
  readonly plain: Uint8Array;
  readonly gzip: Uint8Array;
  readonly brotli: Uint8Array;
}

/** What the build has made of the dashboard. */
export interface PageFiles {
  /** The one page that every address of the dashboard answers. */
  readonly index: PageFile;
  /** What it loads, by names that no other content has. */
  readonly assets: ReadonlyMap<string, PageFile>;
}

/** A form of a file, and the word by which HTTP knows it; null for the file as it is. */
export interface Coded {
  readonly bytes: Uint8Array;
  readonly encoding: 'br' | 'gzip' | null;
}

/** The smallest form that a browser takes, by its `Accept-Encoding`. */
export function codedFor({ plain, gzip, brotli }: PageFile, accepted: string): Coded {
  if (isAccepted('br', accepted)) return { bytes: brotli, encoding: 'br' };
  return isAccepted('gzip', accepted) ? { bytes: gzip, encoding: 'gzip' } : { bytes: plain, encoding: null };
}

/** Whether an `Accept-Encoding` names a form. */
export function isAccepted(form: 'br' | 'gzip', accepted: string): boolean {
  return new RegExp(`(^|,)\\s*${form}\\s*(;\\s*q=(?!0(\\.0*)?\\s*(,|$))[\\d.]+\\s*)?(,|$)`).test(accepted);
}
