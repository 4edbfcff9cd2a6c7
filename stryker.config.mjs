// Whether the tests of core would notice if a line of it were otherwise: docs/mutation.md.
export default {
  packageManager: 'npm',
  testRunner: 'hot',
  plugins: ['./test/mutation/hot-runner.mjs'],
  coverageAnalysis: 'perTest',
  mutate: ['src/core/{decision,law,redaction}/**/*.ts'],
  ignorePatterns: ['dist', 'var', 'docs', 'docker', 'coverage'],
  tempDirName: 'var/mutation/sandbox',
  reporters: ['clear-text', 'json', 'html', 'progress-append-only'],
  clearTextReporter: { logTests: false, reportTests: false },
  jsonReporter: { fileName: 'var/mutation/report.json' },
  htmlReporter: { fileName: 'var/mutation/report.html' },
  incrementalFile: 'var/mutation/incremental.json',
  concurrency: 2,
  timeoutMS: 60_000,
  // A process that has loaded the sources a hundred times is large.
  maxTestRunnerReuse: 100,
  thresholds: { high: 95, low: 90, break: 85 },
};
