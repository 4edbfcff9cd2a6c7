import js from '@eslint/js';
import jsdoc from 'eslint-plugin-jsdoc';
import tseslint from 'typescript-eslint';

// The types that only their own step may assert. Who that is stands here, in one place: a file that is not on the list
// cannot claim that a permit was issued, a record fetched, a view redacted, a disclosure signed or logged, a caller known.
const GATES = [
  'IssuedPermit',
  'ConsultationPermit',
  'SourceRecord',
  'ReleasedView',
  'SignedDisclosure',
  'LoggedDisclosure',
  'AuthenticatedCall',
];
const TRUSTED_MAKERS = {
  'src/core/decision/issue-permit.ts': 'IssuedPermit',
  'src/core/decision/permit-consultation.ts': 'ConsultationPermit',
  'src/sources/registered-sources.ts': 'SourceRecord',
  // What a sender wrote itself: there is no system that it was fetched from.
  'src/core/redaction/pushed-record.ts': 'SourceRecord',
  'src/core/redaction/redact.ts': 'ReleasedView',
  'src/core/signing/disclosure.ts': 'SignedDisclosure',
  'src/disclosure-log/disclosure-log.ts': 'LoggedDisclosure',
  'src/identity/http/call-verifier.ts': 'AuthenticatedCall',
};

const forgedGates = (gates) => {
  const message = 'Only the step that earns this type may assert it.';
  const named = `TSTypeReference[typeName.name=/^(${gates.join('|')})$/]`;
  return [
    { selector: `TSAsExpression > ${named}`, message },
    { selector: `TSTypeAssertion > ${named}`, message },
    { selector: `TSSatisfiesExpression > ${named}`, message },
  ];
};

const IMPURE = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Time is an argument in core.' },
  { selector: 'CallExpression[callee.name="Date"]', message: 'Time is an argument in core.' },
  {
    selector: 'MemberExpression[object.name="Date"][property.name="now"]',
    message: 'Time is an argument in core.',
  },
  {
    selector: 'MemberExpression[object.name="Math"][property.name="random"]',
    message: 'Randomness is an argument in core.',
  },
];
const RANDOM_IN_CRYPTO = [
  'randomBytes', 'randomFill', 'randomFillSync', 'randomInt', 'randomUUID', 'getRandomValues', 'webcrypto',
  'generateKey', 'generateKeySync', 'generateKeyPair', 'generateKeyPairSync',
]; // prettier-ignore

export default tseslint.config(
  { ignores: ['dist/**', 'var/**', 'coverage/**', 'node_modules/**'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['src/**/*.ts', 'config/**/*.ts', 'test/**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // NestFactory.create(…, { logger }) and abstract classes as tokens.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          varsIgnorePattern: '^_',
          destructuredArrayIgnorePattern: '^_',
          ignoreRestSiblings: true,
        },
      ],
      // A range of control characters is how they are refused.
      'no-control-regex': 'off',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Settings are read once, in src/main.ts and src/cli.' },
      ],
      'no-restricted-syntax': ['error', ...forgedGates(GATES)],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    plugins: { jsdoc },
    rules: {
      'no-restricted-globals': [
        'error', 'process', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'console', 'performance', 'crypto',
      ], // prettier-ignore
      'no-restricted-imports': [
        'error',
        {
          paths: ['crypto', 'node:crypto'].map((name) => ({
            name,
            importNames: RANDOM_IN_CRYPTO,
            message: 'Randomness is an argument in core.',
          })),
        },
      ],
      'no-restricted-syntax': ['error', ...forgedGates(GATES), ...IMPURE],
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          require: { FunctionDeclaration: true, ClassDeclaration: true },
          contexts: ['TSTypeAliasDeclaration', 'TSInterfaceDeclaration'],
        },
      ],
      'jsdoc/require-description': ['error', { contexts: ['any'] }],
    },
  },
  ...Object.entries(TRUSTED_MAKERS).map(([file, gate]) => ({
    files: [file],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...forgedGates(GATES.filter((other) => other !== gate)),
        ...(file.startsWith('src/core/') ? IMPURE : []),
      ],
    },
  })),
  { files: ['src/main.ts', 'src/cli/**/*.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['test/**/*.ts'],
    // Builders make what the steps would have made; reading them is how a test names what matters.
    // jest's asymmetric matchers are typed `any`.
    rules: {
      'no-restricted-syntax': 'off',
      'no-restricted-properties': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['*.js', '*.mjs', '*.cjs', 'test/**/*.mjs'],
    extends: [js.configs.recommended],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', module: 'writable' } },
  },
);
