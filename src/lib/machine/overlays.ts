import { readAtOnce, readText } from '../files/read.ts';
import { type Asking, askElsewhere } from './asking.ts';

/**
 * Which of these files of /proc and /sys are not the kernel's but laid over it, as lxcfs does in containers: they tell of
 * the container, and those beside them of its host. Compared by the end of their paths.
 */
export function overlaid<Name extends string>(proc: string, files: readonly Name[]): Set<Name> {
  const text = readAtOnce(`${proc}/self/mountinfo`) ?? '';
  const paths = text.split('\n').map((line) => line.split(' ')[4] ?? '');
  return new Set(files.filter((file) => paths.some((path) => path.endsWith(file))));
}

/** How long a program behind a file may take to answer. */
const ANSWER_MS = 2000;

/**
 * The text of a file of /proc or /sys, null when it is not there. Where a program is behind it, as lxcfs is in containers,
 * it may never answer: then another program reads it.
 */
export async function readKernelText(
  path: string,
  { proc, exec, signal }: Omit<Asking, 'timeoutMs'>,
): Promise<string | null> {
  if (!isOfProgram(proc, path)) return readText(path);
  const asking = { proc, exec, timeoutMs: ANSWER_MS, ...(signal !== undefined && { signal }) };
  try {
    const { code, stdout } = await askElsewhere(['cat', '--', path], asking);
    return code === 0 ? stdout : null;
  } catch (error) {
    const { message } = error as Error;
    // A root without programs: better asked by this process than not at all.
    if (message.startsWith('cannot start ')) return readText(path);
    throw new Error(`${path} ${message}`);
  }
}

/** Whether a mount of FUSE lies at a path or above it; paths are compared by their ends, as those of `overlaid`. */
function isOfProgram(proc: string, path: string): boolean {
  const text = readAtOnce(`${proc}/self/mountinfo`) ?? '';
  return text.split('\n').some((line) => {
    const [mount = '', type = ''] = [line.split(' ')[4], line.split(' - ')[1]];
    if (!type.startsWith('fuse') || !/^\/(?:proc|sys)\//.test(mount)) return false;
    return path.endsWith(mount) || path.includes(`${mount}/`);
  });
}
