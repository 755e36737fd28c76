const NOT_CLOSED =
  'a quotation mark, bracket or brace is opened and not closed, or a line is indented less than what it belongs to';

const FAULTS: Readonly<Record<string, string>> = {
  BAD_ALIAS:
    'an alias (*name) stands for an anchor (&name) that is not there; text that begins with * or & needs quotation marks',
  BAD_DIRECTIVE: 'a line that begins with % is no directive that is known here; remove it',
  BAD_DQ_ESCAPE:
    'an escape such as \\x in a text in double quotation marks is none of YAML; use single quotation marks',
  BAD_INDENT: NOT_CLOSED,
  BAD_PROP_ORDER: 'an anchor or a tag does not stand in front of its value',
  BAD_SCALAR_START: 'text that begins with @, ` or another sign of YAML needs quotation marks',
  BLOCK_AS_IMPLICIT_KEY:
    'there are two values on one line, such as "a: b: c"; put the second on a line of its own, or text in quotation marks',
  BLOCK_IN_FLOW: 'a list or a map by lines stands within brackets or braces',
  DUPLICATE_KEY: 'this name stands there twice; keep one of them',
  IMPOSSIBLE: 'it cannot be read from here on',
  KEY_OVER_1024_CHARS: 'a name is longer than 1024 characters',
  MISSING_CHAR:
    'a sign is missing: ":" and a blank behind a name, a comma within brackets, or a closing quotation mark',
  MULTILINE_IMPLICIT_KEY: 'a name goes over several lines; is a ":" missing behind it, or a line indented wrongly?',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_DOCS: 'a second document begins here (---); everything must stand in one',
  MULTIPLE_TAGS: 'a value has two tags',
  NON_STRING_KEY: 'a name must be text',
  TAB_AS_INDENT: 'a tab indents this line; use blanks',
  TAG_RESOLVE_FAILED: 'a tag (!name) that is not known here; remove it',
  UNEXPECTED_TOKEN:
    'something stands behind a value that has ended; text that begins with [, { or a quotation mark and goes on needs quotation marks around all of it, such as "[STATUS] == 200"',
};

/** What is wrong with a text that is not YAML, by the code of its parser. */
export function yamlFault(code: string): string {
  return FAULTS[code] ?? 'it cannot be read from here on';
}
