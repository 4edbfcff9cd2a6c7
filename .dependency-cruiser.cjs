// Who may import whom. Ranks: core < platform < rooms < exchange < coordination, oversight < the top.
// test/unit/architecture.test.ts breaks each rule on purpose and expects it to fire.
const ROOM = '(identity|agencies|subjects|involvement|consent|policies|sources|disclosure-log)';
const FLOW = '(exchange|coordination|oversight)';
const TOP = '(console|cli|bindings|app|main)';

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'what does not resolve would escape every other rule',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'core-is-pure',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: ['^src/core/', '^(node:)?crypto$', 'node_modules/jose/', 'node_modules/@casl/ability/'] },
    },
    {
      name: 'platform-knows-no-room',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: `^src/(${ROOM}|${FLOW}|${TOP})(/|\\.)` },
    },
    {
      name: 'rooms-are-blind-to-each-other',
      severity: 'error',
      from: { path: `^src/${ROOM}/` },
      to: { path: `^src/(${ROOM}|${FLOW}|${TOP})(/|\\.)`, pathNot: '^src/$1/' },
    },
    {
      name: 'exchange-stays-below',
      severity: 'error',
      from: { path: '^src/exchange/' },
      to: { path: `^src/(coordination|oversight|${TOP})(/|\\.)` },
    },
    {
      name: 'flows-are-blind-to-each-other',
      severity: 'error',
      from: { path: '^src/(coordination|oversight)/' },
      to: { path: `^src/(coordination|oversight|${TOP})(/|\\.)`, pathNot: '^src/$1/' },
    },
    {
      name: 'inner-folders-are-private',
      severity: 'error',
      from: { path: '^src/([^/]+)' },
      to: { path: `^src/(${ROOM}|${FLOW})/[^/]+/`, pathNot: '^src/$1/' },
    },
    {
      name: 'persistence-stays-home',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['/persistence/', '^src/platform/(database|embedded-postgres)/', '\\.module\\.ts$'],
      },
      to: { path: 'node_modules/(@nestjs/typeorm|typeorm|pg)/' },
    },
    {
      name: 'controllers-are-leaves',
      severity: 'error',
      from: { path: '^src/', pathNot: ['\\.module\\.ts$', '/http/'] },
      to: { path: '/http/.*\\.controller\\.ts$' },
    },
    {
      name: 'config-is-a-leaf',
      severity: 'error',
      from: { path: '^config/' },
      to: { path: '^(src|test)/' },
    },
    {
      name: 'src-knows-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/' },
    },
    {
      name: 'settings-are-injected',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/(main|app\\.module)\\.ts$', '^src/cli/', '^src/platform/', '\\.module\\.ts$'],
      },
      to: { path: '^config/settings\\.ts$' },
    },
    {
      name: 'no-development-packages',
      comment: 'what runs in production is a production dependency',
      severity: 'error',
      from: { path: '^(src|config)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    // Type-only imports count: they tie rooms together as well.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
