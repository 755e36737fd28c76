/** Keeps the process running until the returned function is called; timers of the `Clock` alone do not. */
export function stayAlive(): () => void {
  const timer = setInterval(() => {}, 2 ** 30);
  return () => clearInterval(timer);
}
