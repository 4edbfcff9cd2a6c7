/** One thing wrong with a file of configuration, and what would be right. */
export interface ConfigurationFault {
  /** Relative to the configuration folder, with forward slashes. */
  readonly file: string;
  /** From 1; of the nearest thing that is there, where what is wrong is that something is missing. */
  readonly line: number;
  readonly message: string;
}

/** Stops start-up: every fault at once, each with its file and line. */
export class ConfigurationFaults extends Error {
  constructor(readonly faults: readonly ConfigurationFault[]) {
    super(faults.map(({ file, line, message }) => `${file}:${line.toString()}: ${message}`).join('\n'));
    this.name = 'ConfigurationFaults';
  }
}
