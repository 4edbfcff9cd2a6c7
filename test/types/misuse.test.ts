import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');
const MISUSE = join(import.meta.dirname, 'misuse.ts');
const EXPECTATION = /^\s*\/\/ @ts-expect-error TS(\d+) .+$/;

interface Found {
  readonly line: number;
  readonly code: number;
}

/** What the compiler says of a source laid in the place of `misuse.ts`, under the project's own options. */
function diagnosticsOf(source: string): readonly Found[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT, { noEmit: true }, 'tsconfig.json');
  const host = ts.createCompilerHost(options);
  const readFile = host.getSourceFile.bind(host);
  host.getSourceFile = (path, ...rest) =>
    path === MISUSE ? ts.createSourceFile(path, source, rest[0], true) : readFile(path, ...rest);
  const program = ts.createProgram([MISUSE], options, host);
  const file = program.getSourceFile(MISUSE);
  if (file === undefined) throw new Error('the compiler did not read `misuse.ts`');
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(({ start, code }) => ({
    line: file.getLineAndCharacterOfPosition(start ?? 0).line,
    code,
  }));
}

describe('ways around the straight line', () => {
  const lines = readFileSync(MISUSE, 'utf8').split('\n');
  const expected = lines.flatMap((line, index): Found[] => {
    const code = EXPECTATION.exec(line)?.[1];
    return code === undefined ? [] : [{ line: index + 1, code: Number(code) }];
  });

  it('do not compile, each for the reason it is meant to', () => {
    const unmarked = lines.map((line) => (EXPECTATION.test(line) ? '' : line)).join('\n');

    expect(expected.length).toBeGreaterThanOrEqual(14);
    expect(diagnosticsOf(unmarked)).toEqual(expected);
  });
});
