import type { CaseResult } from '../../rules/cases.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for XML 1.0, which cannot hold most control characters at all. */
function escaped(text: string): string {
  const allowed = Array.from(text, (sign) =>
    (sign.codePointAt(0) ?? 0) < 32 && !'\t\n\r'.includes(sign) ? '\uFFFD' : sign,
  ).join('');
  return allowed.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign).replaceAll('\n', '&#10;');
}

/** Results as build servers read them. */
export function junitLines(results: readonly CaseResult[]): readonly string[] {
  const failures = results.filter(({ differences }) => differences.length > 0).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="monitor rules" tests="${results.length}" failures="${failures}" errors="0" skipped="0">`,
    ...results.map(({ name, place, differences }) => {
      const open = `  <testcase name="${escaped(name)}" classname="${escaped(place)}"`;
      if (differences.length === 0) return `${open}/>`;
      return `${open}><failure message="${escaped(differences[0] ?? '')}">${escaped(differences.join('\n'))}</failure></testcase>`;
    }),
    '</testsuite>',
  ];
}
