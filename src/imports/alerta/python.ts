// The values of a settings file of Python, as far as they are plain: nothing of it is run.

/** A value of Python; a tuple is a list. */
export type PythonValue =
  | string
  | number
  | boolean
  | null
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue };

/** A name that a file sets at its left edge, with its line. `value` is undefined where it is no plain value. */
export interface Assignment {
  readonly name: string;
  readonly line: number;
  readonly value: PythonValue | undefined;
}

const ASSIGNED = /^([A-Za-z_]\w*)[ \t]*(?::[^=\n]+)?=(?!=)/gm;

/** What a file sets. Of a name that is set twice the later one counts, and both are given. */
export function readAssignments(text: string): readonly Assignment[] {
  return [...text.matchAll(ASSIGNED)].map((match) => {
    const line = text.slice(0, match.index).split('\n').length;
    return { name: match[1] ?? '', line, value: readValue(text, match.index + match[0].length) };
  });
}

function readValue(text: string, from: number): PythonValue | undefined {
  const reader = new Reader(text, from);
  try {
    const value = reader.value(0);
    return reader.isAtEnd() ? value : undefined;
  } catch (error) {
    if (error instanceof NoValue) return undefined;
    throw error;
  }
}

class NoValue extends Error {}

const DEEPEST = 20;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' };

class Reader {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  /** Whether nothing stands behind the value on its line. */
  isAtEnd(): boolean {
    return /^[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/.test(this.#text.slice(this.#at, this.#at + 1000));
  }

  value(depth: number): PythonValue {
    if (depth > DEEPEST) throw new NoValue();
    this.#skip(depth > 0);
    const char = this.#text[this.#at] ?? '';
    if (char === '[') return this.#list(']', depth);
    if (char === '(') return this.#list(')', depth);
    if (char === '{') return this.#dictionary(depth);
    if (char === "'" || char === '"') return this.#strings(depth);
    const number = this.#take(/^-?\d+(?:\.\d+)?(?![\w.])/);
    if (number !== null) return Number(number);
    const word = this.#take(/^[A-Za-z_]\w*/);
    if (word === 'True' || word === 'False') return word === 'True';
    if (word === 'None') return null;
    if (word === 'dict' && this.#text[this.#at] === '(') return this.#named(depth);
    throw new NoValue();
  }

  /** Several texts side by side are one. */
  #strings(depth: number): string {
    let all = '';
    for (let quote = this.#text[this.#at]; quote === "'" || quote === '"'; quote = this.#text[this.#at]) {
      all += this.#string(quote);
      this.#skip(depth > 0);
    }
    return all;
  }

  #string(quote: string): string {
    let found = '';
    for (this.#at += 1; this.#text[this.#at] !== quote; this.#at += 1) {
      const char = this.#text[this.#at];
      if (char === undefined || char === '\n') throw new NoValue();
      if (char !== '\\') found += char;
      else {
        this.#at += 1;
        const escaped = this.#text[this.#at] ?? '';
        found += ESCAPES[escaped] ?? `\\${escaped}`;
      }
    }
    this.#at += 1;
    return found;
  }

  #list(end: string, depth: number): PythonValue {
    const items: PythonValue[] = [];
    let hasComma = false;
    this.#at += 1;
    for (this.#skip(true); this.#text[this.#at] !== end; this.#skip(true)) {
      items.push(this.value(depth + 1));
      hasComma = this.#comma(end);
    }
    this.#at += 1;
    // A value in brackets is itself; with a comma behind it, a tuple.
    const [only] = items;
    return end === ')' && items.length === 1 && !hasComma && only !== undefined ? only : items;
  }

  #dictionary(depth: number): PythonValue {
    const entries: [string, PythonValue][] = [];
    this.#at += 1;
    for (this.#skip(true); this.#text[this.#at] !== '}'; this.#skip(true)) {
      const key = this.value(depth + 1);
      this.#skip(true);
      if (this.#text[this.#at] !== ':') throw new NoValue();
      this.#at += 1;
      entries.push([String(key), this.value(depth + 1)]);
      this.#comma('}');
    }
    this.#at += 1;
    return Object.fromEntries(entries);
  }

  #named(depth: number): PythonValue {
    const entries: [string, PythonValue][] = [];
    this.#at += 1;
    for (this.#skip(true); this.#text[this.#at] !== ')'; this.#skip(true)) {
      const key = this.#take(/^[A-Za-z_]\w*\s*=(?!=)/);
      if (key === null) throw new NoValue();
      entries.push([key.replace(/\s*=$/, ''), this.value(depth + 1)]);
      this.#comma(')');
    }
    this.#at += 1;
    return Object.fromEntries(entries);
  }

  #comma(end: string): boolean {
    this.#skip(true);
    if (this.#text[this.#at] === ',') {
      this.#at += 1;
      return true;
    }
    if (this.#text[this.#at] !== end) throw new NoValue();
    return false;
  }

  #skip(isWithin: boolean): void {
    this.#take(isWithin ? /^(?:\s|#[^\n]*)*/ : /^[ \t]*/);
  }

  #take(pattern: RegExp): string | null {
    const found = pattern.exec(this.#text.slice(this.#at, this.#at + 10_000))?.[0] ?? null;
    this.#at += found?.length ?? 0;
    return found;
  }
}
