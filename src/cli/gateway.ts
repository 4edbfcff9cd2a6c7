#!/usr/bin/env node
import { nodeFault } from './supported-node.js';

// Nothing else is imported before the version is known: an older Node.js fails on syntax it does not have.
const fault = nodeFault(process.versions.node);
if (fault === undefined) {
  const { run } = await import('./commands.js');
  await run(process.argv);
} else {
  process.stderr.write(`${fault}\n`);
  process.exitCode = 1;
}
