import { createRequire } from 'node:module';

/**
 * The YAML parser, loaded where there is something to parse: an agent that lives from its environment starts without
 * it. By `require`, since a lazy `import()` of a CommonJS package has no names in the bundle.
 */
export function loadYaml(): typeof import('yaml') {
  return createRequire(import.meta.url)('yaml') as typeof import('yaml');
}
