import { readAtOnce } from '../files/read.ts';

/**
 * Which of these files of /proc and /sys are not the kernel's but laid over it, as lxcfs does in containers: they tell of
 * the container, and those beside them of its host. Compared by the end of their paths.
 */
export function overlaid<Name extends string>(proc: string, files: readonly Name[]): Set<Name> {
  const text = readAtOnce(`${proc}/self/mountinfo`) ?? '';
  const paths = text.split('\n').map((line) => line.split(' ')[4] ?? '');
  return new Set(files.filter((file) => paths.some((path) => path.endsWith(file))));
}
