// A reporter beside Jest's own, which writes a line for each file that has ended: while a run is silent, it says how far
// the run is and what is running, so that nobody takes it for dead. On a terminal Jest shows that itself.
const SILENCE_MS = 10_000;

export default class Progress {
  #running = new Map();
  #said = Date.now();
  #done = 0;
  #passed = 0;
  #total = 0;
  #timer;

  onRunStart({ numTotalTestSuites }) {
    this.#total = numTotalTestSuites;
    if (process.stderr.isTTY) return;
    this.#timer = setInterval(() => this.#tell(), 1000).unref();
  }

  onTestFileStart({ path }) {
    this.#running.set(path, { since: Date.now(), tests: 0 });
  }

  onTestCaseResult({ path }) {
    const file = this.#running.get(path);
    if (file !== undefined) file.tests += 1;
  }

  onTestFileResult({ path }, { numPassingTests }) {
    this.#running.delete(path);
    this.#done += 1;
    this.#passed += numPassingTests;
    this.#said = Date.now();
  }

  onRunComplete() {
    clearInterval(this.#timer);
  }

  #tell() {
    const now = Date.now();
    if (now - this.#said < SILENCE_MS) return;
    this.#said = now;
    const running = [...this.#running].map(
      ([path, { since, tests }]) =>
        `${path.replace(/^.*\/tests\//, '')} (${tests} tests in ${Math.round((now - since) / 1000)} s)`,
    );
    process.stderr.write(
      `  ${this.#done} of ${this.#total} files, ${this.#passed} tests passed; running: ${running.join(', ')}\n`,
    );
  }
}
