const LEAST = 12;
const MOST = 1024;

/** Why a text cannot be the password of somebody, with the fix; null where it can. */
export function passwordFault(password: string, name: string): string | null {
  const length = [...password].length;
  if (length < LEAST) return `a password has ${LEAST} characters at least: several words do well`;
  if (length > MOST) return `a password has ${MOST} characters at most`;
  if (password.toLowerCase().includes(name.toLowerCase())) return 'a password must not hold the name';
  if (new Set(password).size < 5) return 'this password repeats few characters: take several words';
  return null;
}
