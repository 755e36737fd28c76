import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ROOT } from './sources.ts';

/** A page of the documentation: its path from the root of the project, and its text. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Every page and every file to copy: README and its like, and all that lies below `docs/`. */
export function readPages(): Page[] {
  const top = readdirSync(ROOT).filter((file) => file.endsWith('.md'));
  const below = readdirSync(join(ROOT, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(ROOT, posix.join(entry.parentPath, entry.name)));
  return [...top, ...below].sort().map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** The text of a page below the heading `name`, up to the next heading of the same or a higher level. */
export function section(text: string, name: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === name);
  if (start === -1) throw new Error(`there is no heading "${name}"`);
  const level = lines[start]?.indexOf(' ') ?? 0;
  const end = lines.findIndex((line, at) => at > start && /^#+ /.test(line) && line.indexOf(' ') <= level);
  return lines.slice(start + 1, end === -1 ? undefined : end).join('\n');
}

/** Rows of the first table of a text, without header; cells without their backticks. */
export function tableOf(text: string): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|'));
  const rest = lines.slice(Math.max(0, start));
  const end = rest.findIndex((line) => !line.startsWith('|'));
  const cells = (line: string) =>
    line
      .slice(1, line.lastIndexOf('|'))
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', ''));
  return rest.slice(2, end === -1 ? undefined : end).map(cells);
}

/** Code blocks of a page in the given language. */
export function blocks(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? '');
}

/** Targets of the links of a page, without those that lead away. */
export function linksOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** Names under which the headings of a page can be linked to, as GitHub makes them. */
export function anchorsOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/**
 * Calls of `monitor` that a page shows: the words behind it, in lines of shell code, in `inline code`, and in files to
 * copy. What follows a pipe, a redirection or a comment, or stands apart by several spaces, is not part of a call.
 */
export function callsOf({ path, text }: Page): string[][] {
  const inline = [...text.matchAll(/`(monitor [^`\n]+)`/g)].map((match) => match[1] ?? '');
  const shell = path.endsWith('.md') ? [...blocks(text, 'sh'), ...inline] : [];
  const lines = [
    ...shell.flatMap((code) => code.split('\n')),
    ...(text.match(CRON) ?? []),
    ...(text.match(UNIT) ?? []),
  ];
  return lines
    .map((line) => line.replace(/^#? ?(?:[*\d/]+ ){5} */, '').replace(/^monitor {2}/, ''))
    .flatMap((line) => [...line.matchAll(CALL)])
    .map((match) => (match[1] ?? '').split(/ {2,}/)[0]?.trim().split(/ +/) ?? []);
}

const CRON = /^(?:# )?(?:[*\d/]+ ){5}.*$/gm;
const UNIT = /^ExecStart=.*$/gm;
// At the beginning of a command: of the line, behind another command, a path or a variable.
const CALL = /(?:^|&& |; |\| |bin\/|[A-Z_]=\S+ )monitor +([a-z-][^|>&;#)]*)/g;
