import { codeOf, FLOORS, folderOf, importsOf, nameOf, roomOf, type Source } from './sources.ts';

/** A rule of the design: the faults it finds, each with its file. */
export type Rule = (sources: readonly Source[]) => string[];

const FAMILIES = ['checkers', 'drivers', 'channels', 'protocols', 'rule-kinds'];

/** Imports point down only; folders on one floor do not know one another; a folder without a floor is a fault. */
export const floors: Rule = (sources) =>
  sources.flatMap((source) => {
    const folder = folderOf(source.path);
    const floor = FLOORS[folder];
    if (floor === undefined) return [`${source.path}: its folder has no floor`];
    return importsOf(source).flatMap(({ specifier, target }) => {
      if (target === null) return [];
      const other = FLOORS[folderOf(target)];
      if (folderOf(target) === folder) return [];
      return other !== undefined && other < floor ? [] : [`${source.path}: may not import ${specifier}`];
    });
  });

/** A plug-in imports, of its own folder, its contract and the parts in the folder of its name (`cluster/signature`); its parts may know one another. */
export const strangers: Rule = (sources) =>
  plugIns(sources).flatMap((source) =>
    importsOf(source).flatMap(({ specifier, target }) => {
      if (target === null || folderOf(target) !== folderOf(source.path)) return [];
      const isOwnPart = roomOf(target) !== '' && roomOf(target) === (roomOf(source.path) || nameOf(source.path));
      return target === `${folderOf(target)}/contract.ts` || isOwnPart
        ? []
        : [`${source.path}: may not know its sibling ${specifier}`];
    }),
  );

/** What stands in the folder of a family beside its plug-ins. */
const FRAME = ['contract', 'registry', 'list', 'read'];

/** Every file of a plug-in family is in its registry (or its list), or is a part of one that is; every command is in theirs. */
export const registered: Rule = (sources) => {
  const listed = (folder: string) =>
    sources
      .filter(({ path }) => [`${folder}/registry.ts`, `${folder}/list.ts`].includes(path))
      .flatMap((registry) => importsOf(registry).map(({ target }) => target ?? ''));
  const missing = plugIns(sources).filter(({ path }) => {
    const known = listed(folderOf(path));
    return !known.includes(path) && !known.some((one) => path.startsWith(one.replace(/\.ts$/, '/')));
  });
  const commands = sources.filter(
    ({ path, text }) => folderOf(path) === 'commands' && /^export const command\b/m.test(text),
  );
  const uncalled = commands.filter(({ path }) => !listed('commands').includes(path));
  return [...missing, ...uncalled].map(({ path }) => `${path}: is not in ${folderOf(path)}/registry.ts`);
};

function plugIns(sources: readonly Source[]): Source[] {
  return sources.filter(({ path }) => FAMILIES.includes(folderOf(path)) && !FRAME.includes(nameOf(path)));
}

/** No code of the files that `inside` chooses may hold `pattern`. */
function never(pattern: RegExp, what: string, inside: (path: string) => boolean): Rule {
  return (sources) =>
    sources
      .filter(({ path }) => inside(path))
      .flatMap((source) => {
        const match = pattern.exec(codeOf(source));
        return match === null ? [] : [`${source.path}: ${what}: ${match[0].trim()}`];
      });
}

/** `src/core` is pure: what it needs of the world are arguments. */
export const pureCore: Rule = (sources) => {
  const core = sources.filter(({ path }) => folderOf(path) === 'core');
  const world =
    /\b(Date\.now|new Date\(\s*\)|Math\.random|process\.|performance\.|setTimeout|setInterval|setImmediate|queueMicrotask|globalThis|crypto\.|console\.|fetch\()/;
  const builtIn = core.flatMap((source) =>
    importsOf(source).flatMap(({ specifier, target }) =>
      target === null ? [`${source.path}: may not import ${specifier}`] : [],
    ),
  );
  return [...never(world, 'is not pure', () => true)(core), ...builtIn];
};

/** What a browser gives, the dashboard takes from one room, as the hub takes it from `lib`. */
const isWorld = (path: string) => folderOf(path) === 'lib' || path.startsWith('dashboard/browser/');

/** Time and chance come through `src/lib`. */
export const oneClock = never(
  /\b(Date\.now\b|new Date\(\s*\)|performance\.now\b|Math\.random\b|setInterval\b)/,
  'the clock is in lib',
  (path) => !isWorld(path),
);

/** Only `src/config` reads the environment. */
export const oneReader = never(
  /\bprocess\.env\b|\benv\b[^\n]*=\s*process\b/,
  'the environment is read in config',
  (path) => folderOf(path) !== 'config',
);

/** Signals are handled in `src/commands`, and only its `main` ends the process. */
export const signals = never(
  /\bprocess\s*\.(on|once|addListener|prependListener)\b/,
  'signals are handled in commands',
  (path) => folderOf(path) !== 'commands',
);

/** One place ends the process. */
export const oneExit = never(
  /\bprocess\s*\.(exit|abort|reallyExit)\b/,
  'main ends the process',
  (path) => path !== 'commands/main.ts',
);

/** Only the terminal prints. */
export const noConsole = never(/\bconsole\s*\./, 'the terminal prints', (path) => path !== 'commands/terminal.ts');

const MUTATORS = 'set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin';

/** No module keeps state: no `let` at its top, no empty collection, and no constant that the file changes. */
export const noState: Rule = (sources) =>
  sources.flatMap((source) => {
    const code = codeOf(source);
    const faults = [...code.matchAll(/^(?:export )?(let|var) \w+/gm)].map(([found]) => found);
    for (const [, name, value = ''] of code.matchAll(/^(?:export )?const (\w+)[^=\n]*=\s*([^\n]*)/gm)) {
      const isEmpty = /^new (Weak)?(Map|Set)(<.*>)?\(\s*(\[\s*\])?\s*\)/.test(value);
      const change = new RegExp(
        `(?<![.\\w])${name}(\\.(${MUTATORS})\\(|(\\.\\w+|\\[[^\\]\\n]*\\])+\\s*([-+*/|&?]{0,2}=(?![=>])|\\+\\+|--))`,
      );
      if (isEmpty || change.test(code)) faults.push(`const ${name}`);
    }
    return faults.map((fault) => `${source.path}: keeps state in ${fault}`);
  });

/** Programs are started by `lib/exec`, other servers are called by `lib/http` and its parts, zod is taken apart by the bundler. */
export const oneDoor: Rule = (sources) =>
  sources
    .flatMap((source) =>
      importsOf(source).flatMap(({ specifier, kind, names }) => {
        if (kind === 'type') return [];
        const isClient = /^(\w+|\*.*)\s*(,|$)|\b(request|get|Agent)\b/.test(names.replace(/\btype \w+/g, ''));
        const isHttp = /^node:https?$|^node:http2$/.test(specifier) && isClient;
        if (specifier === 'node:child_process' && source.path !== 'lib/exec.ts')
          return [`${source.path}: only lib/exec starts programs`];
        if ((isHttp || specifier === 'undici') && folderOf(source.path) !== 'lib')
          return [`${source.path}: only lib/http calls servers`];
        if (specifier === 'zod' && /\bz\b/.test(names) && !names.startsWith('*'))
          return [`${source.path}: take zod by "import * as z", of which the bundle keeps only what is used`];
        return [];
      }),
    )
    .concat(
      never(
        /(?<![.\w])(fetch|XMLHttpRequest|WebSocket)\s*\(/,
        'only lib/http calls servers',
        (path) => !isWorld(path),
      )(sources),
    );

/** Files end at 400 lines, those of commands at 120, and the median is at most 100. */
export const sizes: Rule = (sources) => {
  const lines = ({ text }: Source) => text.trimEnd().split('\n').length;
  const limit = ({ path }: Source) => (folderOf(path) === 'commands' ? 120 : 400);
  const faults = sources
    .filter((source) => lines(source) > limit(source))
    .map((source) => `${source.path}: has ${lines(source)} lines of ${limit(source)}`);
  const median = sources.map(lines).sort((a, b) => a - b)[Math.floor(sources.length / 2)] ?? 0;
  return median > 100 ? [...faults, `the median file has ${median} lines of 100`] : faults;
};

/** Names say what a file holds; a plug-in bears the name of its type. */
export const plainNames: Rule = (sources) =>
  sources.flatMap(({ path }) => {
    const words = path
      .replace(/\.tsx?$/, '')
      .split('/')
      .filter((_, index) => !(FAMILIES.includes(folderOf(path)) && index > 0))
      .flatMap((part) => part.split('-'));
    const empty = words.filter((word) => /^(utils?|helpers?|common|managers?|services?|misc|shared)$/.test(word));
    return empty.map((word) => `${path}: "${word}" does not say what it holds`);
  });

/** Words that have one sense, and where it is at home; and words that were given up, which have none. */
const SENSES: readonly (readonly [word: RegExp, home: RegExp, instead: string])[] = [
  [
    /\b\w*deliver(y|ies)\w*\b/i,
    /^(channels|notify|peers|core\/notice)\//,
    'a delivery is an attempt on a channel; what a hub accepts is a Submission',
  ],
  [/\b\w*parcels?\b/i, /^$/, 'what waits for its commit is a QueuedRequest'],
  [/\bthin(ned|nable|s)?\b/i, /^$/, 'what is old is pruned'],
  [/\b\w*tenures?\b/i, /^$/, 'who has a lease is a LeaseHolder'],
  [/\b(unheard|overtaken|unhurried\w*|yesNo|waysOf|shownSecret|withKept)\b/i, /^$/, 'see the words of the field'],
];

/** A word has one sense in the whole program. */
export const oneSense: Rule = (sources) =>
  SENSES.flatMap(([word, home, instead]) => never(word, instead, (path) => !home.test(path))(sources));

/** Every export has its docstring; of overloads the first. */
export const documented: Rule = (sources) =>
  sources.flatMap(({ path, text }) => {
    const lines = text.split('\n');
    const declaration = /^export (?:default )?(?:async |abstract )*(?:function\*?|const|class|interface|type)\s+(\w+)/;
    return lines.flatMap((line, index) => {
      const name = declaration.exec(line)?.[1];
      const isOverload =
        name !== undefined && lines.slice(0, index).some((before) => declaration.exec(before)?.[1] === name);
      return name === undefined || isOverload || /\*\/\s*$/.test(lines[index - 1] ?? '')
        ? []
        : [`${path}: ${name} has no docstring`];
    });
  });

const HEAVY =
  /^(zod|pino|express|yaml|undici|lowdb|helmet|ora|systeminformation|better-sqlite3(-13)?|pg|liquidjs|nodemailer)(\/|$)/;

/** What `monitor --help` loads, the static imports from `commands/main.ts` on, holds nothing heavy. */
export const lightStart: Rule = (sources) => {
  const reached = new Map<string, string[]>([['commands/main.ts', []]]);
  for (const [path, above] of reached) {
    const source = sources.find((one) => one.path === path);
    for (const { target, kind } of source === undefined ? [] : importsOf(source)) {
      if (kind === 'static' && target !== null && !reached.has(target)) reached.set(target, [...above, path]);
    }
  }
  return sources
    .filter(({ path }) => reached.has(path))
    .flatMap((source) =>
      importsOf(source)
        .filter(({ kind, specifier }) => kind === 'static' && HEAVY.test(specifier))
        .map(
          ({ specifier }) =>
            `${[...(reached.get(source.path) ?? []), source.path].join(' → ')}: loads ${specifier} for monitor --help`,
        ),
    );
};

// ES modules, and those that the bundle leaves outside.
const LAZY_PACKAGES = /^(node:.*|chalk|ora|lowdb|zod|systeminformation|better-sqlite3(-13)?)$/;

/** A lazy `import()` of a bundled CommonJS package gives no names: such a package is loaded by `require` or at start. */
export const lazyPackages: Rule = (sources) =>
  sources.flatMap((source) =>
    importsOf(source)
      .filter(({ kind, target, specifier }) => kind === 'lazy' && target === null && !LAZY_PACKAGES.test(specifier))
      .map(({ specifier }) => `${source.path}: may not load ${specifier} by import()`),
  );
