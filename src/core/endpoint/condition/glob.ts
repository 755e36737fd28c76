/**
 * Whether a text as a whole matches a pattern: `*` stands for any characters, `?` for one, `[a-z]` for one of a class
 * (`[^a-z]` for one that is not), and `\` takes the next character as it is. A `[` that is not closed stands for itself.
 * Takes time by the product of both lengths at most.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const steps = stepsOf(pattern);
  const characters = Array.from(text);
  let [step, at] = [0, 0];
  // Where the last star stands, and how much of the text it has taken so far.
  let [star, taken] = [-1, 0];
  while (at < characters.length) {
    const wanted = steps[step];
    if (wanted === '*') {
      [star, taken] = [step, at];
      step += 1;
    } else if (wanted?.(characters[at] ?? '')) {
      step += 1;
      at += 1;
    } else if (star !== -1) {
      taken += 1;
      [step, at] = [star + 1, taken];
    } else return false;
  }
  while (steps[step] === '*') step += 1;
  return step === steps.length;
}

type Step = '*' | ((character: string) => boolean);

function stepsOf(pattern: string): readonly Step[] {
  const characters = Array.from(pattern);
  const steps: Step[] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    if (character === '*') {
      if (steps.at(-1) !== '*') steps.push('*');
    } else if (character === '?') steps.push(() => true);
    else if (character === '\\' && at + 1 < characters.length) {
      at += 1;
      steps.push(equal(characters[at] ?? ''));
    } else if (character === '[') {
      const end = characters.indexOf(']', at + (characters[at + 1] === '^' ? 3 : 2));
      if (end === -1) steps.push(equal(character));
      else {
        steps.push(classOf(characters.slice(at + 1, end)));
        at = end;
      }
    } else steps.push(equal(character));
  }
  return steps;
}

const equal =
  (wanted: string): Step =>
  (character) =>
    character === wanted;

function classOf(inside: readonly string[]): Step {
  const isNegated = inside[0] === '^';
  const members = isNegated ? inside.slice(1) : inside;
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < members.length; at += 1) {
    const first = members[at] ?? '';
    const last = members[at + 1] === '-' ? members[at + 2] : undefined;
    ranges.push([first, last ?? first]);
    if (last !== undefined) at += 2;
  }
  return (character) => ranges.some(([first, last]) => character >= first && character <= last) !== isNegated;
}
