import type { core } from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'options in the form "name: value"',
  record: 'options in the form "name: value"',
  null: 'null',
};

// How a schema says it where nobody has given it words of its own.
const OWN_WORDS = /^(Invalid|Too (small|big)|Unrecognized)/;

/** What is wrong with a value, in words of this program: "must be a list". Its own message, where a schema has one. */
export function issueText(issue: core.$ZodIssue): string {
  if (!OWN_WORDS.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must ${measureOf(issue.origin)} at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must ${measureOf(issue.origin)} at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'unrecognized_keys':
      return `has no option ${issue.keys.join(', ')}`;
    case 'invalid_union':
      return unionText(issue.errors.flat());
    default:
      return 'is not in a form that is known here';
  }
}

function measureOf(origin: string): string {
  return origin === 'string' || origin === 'array' || origin === 'set' ? 'have' : 'be';
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' || origin === 'set' ? ' entries' : '';
}

/** Of a choice, what came nearest says most: the one that got furthest into the value. */
function unionText(issues: readonly core.$ZodIssue[]): string {
  const inside = issues.find(({ path }) => path.length > 0);
  if (inside !== undefined) return `${inside.path.join('.')} ${issueText(inside)}`;
  const texts = [...new Set(issues.map(issueText))];
  const kinds = texts.flatMap((text) => (text.startsWith('must be ') ? [text.slice('must be '.length)] : []));
  return kinds.length === texts.length && kinds.length > 0
    ? `must be ${kinds.join(', or ')}`
    : (texts[0] ?? 'is not valid');
}
