import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** How long a change may wait for the next write of the file, in milliseconds. A crash loses no more than this. */
const WRITE_DELAY_MS = 40;

/**
 * Everything the CRM remembers: one object in memory, one JSON file beside it. Whoever changes `data` calls `changed()`.
 * The file is replaced as a whole (written aside, then renamed), so a reader or a crash never meets half of it.
 */
export class State {
  #file;
  #timer;
  #writing = Promise.resolve();
  #closed = false;

  /** @throws {StateError} When the file exists but cannot be read or is not ours. */
  constructor(file, createFirst) {
    this.#file = path.resolve(file);
    mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    this.data = this.#read() ?? createFirst();
  }

  changed() {
    if (this.#timer || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.#write());
    }, WRITE_DELAY_MS);
  }

  /** Writes what is still waiting and accepts no more writes. */
  async close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#writing;
    this.saveNow();
  }

  saveNow() {
    const aside = `${this.#file}.${process.pid}.sync`;
    writeFileSync(aside, JSON.stringify(this.data), { mode: 0o600 });
    renameSync(aside, this.#file);
  }

  async #write() {
    const aside = `${this.#file}.${process.pid}.tmp`;
    try {
      await writeFile(aside, JSON.stringify(this.data), { mode: 0o600 });
      await rename(aside, this.#file);
    } catch (error) {
      console.error(`The state could not be saved in ${this.#file} (${error.code ?? error.message}); trying again with the next change.`);
      rmSync(aside, { force: true });
    }
  }

  #read() {
    let text;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (error) {
      if (error.code === 'ENOENT') return undefined;
      throw new StateError(`The state file ${this.#file} cannot be read: ${error.message}`);
    }

    let data;
    try {
      data = JSON.parse(text);
    } catch {
      throw new StateError(`The state file ${this.#file} is not valid JSON. Move it away to start afresh.`);
    }
    if (data?.version !== 1) throw new StateError(`The state file ${this.#file} has an unknown version. Move it away to start afresh.`);
    chmodSync(this.#file, 0o600);
    return data;
  }
}

export class StateError extends Error {}
