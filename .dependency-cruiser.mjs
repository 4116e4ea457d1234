// Who may import whom. A folder may import itself and what its line names; everything else is a violation.
// The reason for each line stands in docs/explanation/ and in CONTRIBUTING.md; test/meta/ plants violations to prove it.

import visitorModule from '@swc/core/Visitor.js'

// The walker over swc's tree that dependency-cruiser builds on stops at `using`, which it does not know yet.
const { Visitor } = visitorModule
const visitStatement = Visitor.prototype.visitStatement
Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement)
  statement.decls = this.visitVariableDeclarators(statement.decls)
  return statement
}

const LAYERS = ['core', 'uniqueness', 'aggregates', 'views', 'projections', 'timers', 'reactions', 'processor']
const ADAPTER_DRIVERS = { embedded: [], cosmos: ['@azure/cosmos'], mongo: ['mongodb'] }

// Clients that are typed by their structure need not be imported.
const CONNECTOR_DRIVERS = {
  s3: ['@aws-sdk/client-s3'],
  'azure-blob': [],
  redis: [],
  'key-vault': [],
  kms: ['@aws-sdk/client-kms'],
  nats: ['@nats-io/jetstream', '@nats-io/transport-node'],
  'service-bus': ['@azure/service-bus'],
}

// What each storage is opened with: `tidemark/embedded` and its neighbours.
const ENTRIES = '^src/(embedded|cosmos|errors|mongo)\\.ts$'

const VAULT_OPENING = '^src/open/vault/opening/'

const CHAIN_OPENING = '^src/open/chain/opening/'

const SERVER_SETTINGS = '^src/cli/(witness/witness|dashboard/dashboard)-settings\\.ts$'

const PEERS = [
  '@aws-sdk/client-kms',
  '@aws-sdk/client-s3',
  '@azure/cosmos',
  '@azure/identity',
  '@azure/keyvault-keys',
  '@azure/service-bus',
  '@nats-io/jetstream',
  '@nats-io/transport-node',
  '@opentelemetry/api',
  '@opentelemetry/exporter-prometheus',
  '@opentelemetry/sdk-metrics',
  '@redis/client',
  'mongodb',
  'rhea',
]
// The build makes these part of what is published; see docs/adr/0030-nothing-is-installed-with-the-package.md.
const BUNDLED = ['lru-cache', '@standard-schema/spec']
const BUNDLED_WITH_COMMANDS = ['commander', 'cli-progress', 'pino', 'zod']

// These become part of what the browser is sent.
const UI = ['preact', '@preact/signals', 'htm', 'uplot']

const srcFolder = (...names) => `^src/(${names.join('|')})/`
const npmPackage = (...names) => `(^|/)node_modules/(${names.join('|')})(/|$)`

/** A rule that `from` imports, of this project's own files, only what matches `allowed`. */
function only(name, from, allowed) {
  return {
    name,
    severity: 'error',
    from: { path: from },
    to: { path: '^(src|projections|test|bench|scripts)/', pathNot: [from, ...allowed] },
  }
}

/** A rule that `from` imports, of npm packages, only those named. */
function onlyPackages(name, from, packages) {
  return {
    name,
    severity: 'error',
    from: { path: from },
    to: { path: 'node_modules/', ...(packages.length > 0 && { pathNot: npmPackage(...packages) }) },
  }
}

const layerRules = LAYERS.map((layer, i) =>
  only(`${layer}-imports-what-stands-before-it`, srcFolder(layer), i === 0 ? [] : [srcFolder(...LAYERS.slice(0, i))]),
)

const adapterRules = Object.entries(ADAPTER_DRIVERS).flatMap(([adapter, drivers]) => [
  only(`adapter-${adapter}-imports-core-only`, `^src/adapters/${adapter}/`, [srcFolder('core')]),
  onlyPackages(`adapter-${adapter}-imports-its-own-driver-only`, `^src/adapters/${adapter}/`, drivers),
])

const connectorRules = Object.entries(CONNECTOR_DRIVERS).flatMap(([connector, drivers]) => [
  only(`connector-${connector}-imports-what-it-serves`, `^src/connectors/${connector}/`, [
    srcFolder('core'),
    '^src/privacy/(payloads/payload-store|vault/master/master-key)\\.ts$',
    '^src/messaging/(bus|cache)/',
    srcFolder('cloud-events'),
    '^src/rules/cache/',
  ]),
  onlyPackages(`connector-${connector}-imports-its-own-driver-only`, `^src/connectors/${connector}/`, drivers),
])

// The demo starts a worker, and so does the command line, so they may know it; never the other way round.
const applicationRules = ['cli', 'worker', 'demo'].map((application) =>
  only(`${application}-imports-the-library`, srcFolder(application), [
    '^src/index\\.ts$',
    ENTRIES,
    srcFolder(...LAYERS, 'adapters', 'open', 'integrity', 'messaging', 'operations', 'privacy', 'process', 'rules'),
    ...(application !== 'cli' ? [srcFolder('http')] : []),
    ...(application === 'demo' ? [srcFolder('cloud-events', 'ingest', 'dashboard')] : []),
    ...(application === 'cli' ? [srcFolder('copy', 'worker', 'cosmos-emulator', 'dashboard')] : []),
    ...(application !== 'worker' ? [srcFolder('service-bus-emulator'), '^src/connectors/service-bus/'] : []),
    ...(application === 'demo' ? ['^projections/', '^src/connectors/redis/', srcFolder('worker')] : []),
  ]),
)

export default {
  forbidden: [
    ...layerRules,
    only('timers-import-core-only', srcFolder('timers'), [srcFolder('core')]),
    ...adapterRules,
    ...connectorRules,
    ...applicationRules,
    only('entries-import-library-and-adapters', ENTRIES, [srcFolder(...LAYERS, 'adapters', 'http', 'ingest')]),
    only('process-imports-core-http-and-telemetry', srcFolder('process'), [srcFolder('core', 'http', 'opentelemetry')]),
    only('open-imports-library-and-entries', srcFolder('open'), [
      srcFolder(...LAYERS, 'adapters', 'connectors', 'integrity', 'messaging', 'privacy', 'process'),
      ENTRIES,
    ]),
    {
      name: 'a-vault-is-loaded-where-it-is-used',
      comment: 'A process without a vault must load nothing of it, and no client of a service.',
      severity: 'error',
      from: { path: srcFolder('cli', 'worker', 'open', 'dashboard'), pathNot: VAULT_OPENING },
      to: {
        path: [srcFolder('privacy', 'connectors'), VAULT_OPENING],
        dependencyTypesNot: ['type-only', 'dynamic-import'],
      },
    },
    only('copy-imports-core-only', srcFolder('copy'), [srcFolder('core')]),
    onlyPackages('copy-imports-no-package', srcFolder('copy'), []),
    only('privacy-imports-core-and-views', srcFolder('privacy'), [srcFolder('core', 'views')]),
    onlyPackages('privacy-imports-its-cache-only', srcFolder('privacy'), ['lru-cache']),
    only('integrity-imports-core-and-views', srcFolder('integrity'), [srcFolder('core', 'views', 'projections')]),
    onlyPackages('integrity-imports-no-package', srcFolder('integrity'), []),
    {
      name: 'a-chain-is-loaded-where-it-is-used',
      comment: 'A process without a chain must load nothing of it.',
      severity: 'error',
      from: { path: srcFolder('cli', 'worker', 'open', 'demo', 'dashboard'), pathNot: CHAIN_OPENING },
      to: {
        path: [srcFolder('integrity'), CHAIN_OPENING],
        dependencyTypesNot: ['type-only', 'dynamic-import'],
      },
    },
    {
      name: 'a-chain-is-opened-by-its-parts',
      comment: 'What only seals must not load verification, mining and the rest.',
      severity: 'error',
      from: { path: CHAIN_OPENING },
      to: { path: '^src/integrity/index\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    only('cloud-events-import-core-only', srcFolder('cloud-events'), [srcFolder('core')]),
    onlyPackages('cloud-events-import-no-package', srcFolder('cloud-events'), []),
    only('messaging-imports-what-stands-before-it', srcFolder('messaging'), [
      srcFolder(...LAYERS.slice(0, LAYERS.indexOf('reactions') + 1), 'cloud-events'),
    ]),
    onlyPackages('messaging-imports-types-of-schemas-only', srcFolder('messaging'), ['@standard-schema/spec']),
    only('rules-import-what-stands-before-them', srcFolder('rules'), [
      srcFolder(...LAYERS.slice(0, LAYERS.indexOf('reactions') + 1)),
      // An explanation says how far a rule and its effects are.
      '^src/processor/status/event-progress\\.ts$',
    ]),
    onlyPackages('rules-import-types-of-schemas-only', srcFolder('rules'), ['@standard-schema/spec']),
    {
      name: 'settings-are-loaded-where-they-are-read',
      comment: 'All commands are in one program: none may load what validates the settings of another one.',
      severity: 'error',
      from: { path: srcFolder('cli'), pathNot: SERVER_SETTINGS },
      to: {
        path: [npmPackage('zod', 'pino'), '^src/process/common-settings\\.ts$', SERVER_SETTINGS, '^src/worker/'],
        dependencyTypesNot: ['type-only', 'dynamic-import'],
      },
    },
    only('operations-import-the-library', srcFolder('operations'), [
      '^src/index\\.ts$',
      srcFolder(...LAYERS, 'messaging', 'integrity', 'privacy', 'process'),
    ]),
    onlyPackages('operations-import-no-package', srcFolder('operations'), []),
    only('dashboard-imports-operations', '^src/dashboard/(?!ui/)', [
      '^src/index\\.ts$',
      srcFolder(...LAYERS, 'operations', 'http', 'process', 'open', 'integrity', 'privacy', 'rules', 'messaging'),
    ]),
    onlyPackages('dashboard-imports-no-package', '^src/dashboard/(?!ui/)', []),
    only('pages-import-their-contract-only', '^src/dashboard/ui/', [
      '^src/dashboard/contract/',
      '^src/operations/model/',
    ]),
    onlyPackages('pages-import-what-is-bundled-with-them', '^src/dashboard/ui/', UI),
    only('http-imports-core-only', srcFolder('http'), [srcFolder('core')]),
    onlyPackages('http-imports-no-package', srcFolder('http'), []),
    only('ingest-imports-http-and-cloud-events', srcFolder('ingest'), [srcFolder('core', 'cloud-events', 'http')]),
    onlyPackages('ingest-imports-no-package', srcFolder('ingest'), []),
    only('opentelemetry-imports-core-only', srcFolder('opentelemetry'), [srcFolder('core')]),
    onlyPackages('opentelemetry-imports-its-api-only', '^src/opentelemetry/(?!prometheus/)', ['@opentelemetry/api']),
    onlyPackages('prometheus-imports-its-exporter-only', '^src/opentelemetry/prometheus/', [
      '@opentelemetry/exporter-prometheus',
      '@opentelemetry/sdk-metrics',
    ]),
    {
      name: 'only-opentelemetry-knows-its-api',
      comment: 'It is an optional peer dependency: what imports it does not run everywhere.',
      severity: 'error',
      from: { path: '^src/', pathNot: srcFolder('opentelemetry') },
      to: { path: npmPackage('@opentelemetry') },
    },
    only('testing-imports-library-only', srcFolder('testing'), [
      srcFolder(...LAYERS, 'integrity', 'messaging', 'privacy', 'rules'),
    ]),
    only('cosmos-emulator-imports-core-only', srcFolder('cosmos-emulator'), [srcFolder('core')]),
    only('service-bus-emulator-imports-core-only', srcFolder('service-bus-emulator'), [srcFolder('core')]),
    onlyPackages('service-bus-emulator-imports-its-protocol-only', srcFolder('service-bus-emulator'), ['rhea']),
    only('create-tidemark-imports-itself', '^create-tidemark/src/', ['^src/core/node-version\\.ts$']),
    onlyPackages('create-tidemark-imports-no-package', '^create-tidemark/src/', []),
    only('public-names-come-from-the-library', '^src/index\\.ts$', [srcFolder(...LAYERS, 'open')]),
    only('projections-import-public-names', '^projections/', ['^src/index\\.ts$', '^src/demo/domain/']),
    onlyPackages('projections-import-no-package', '^projections/', []),
    {
      name: 'every-file-of-src-has-its-place',
      comment: 'A new folder under src/ needs a line in this file.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/index\\.ts$',
          ENTRIES,
          srcFolder(
            ...LAYERS,
            'cloud-events',
            'copy',
            'http',
            'ingest',
            'integrity',
            'messaging',
            'privacy',
            'rules',
            'operations',
            'dashboard',
            'open',
            'process',
            'opentelemetry',
            'testing',
            'cosmos-emulator',
            'service-bus-emulator',
            'cli',
            'worker',
            'demo',
          ),
          `^src/adapters/(${Object.keys(ADAPTER_DRIVERS).join('|')})/`,
          `^src/connectors/(${Object.keys(CONNECTOR_DRIVERS).join('|')})/`,
        ],
      },
      to: {},
    },
    {
      name: 'core-has-no-runtime-dependency',
      severity: 'error',
      from: { path: srcFolder('core') },
      to: { path: 'node_modules/', pathNot: npmPackage('@standard-schema/spec') },
    },
    {
      name: 'core-takes-types-only-from-standard-schema',
      severity: 'error',
      from: { path: srcFolder('core') },
      to: { path: npmPackage('@standard-schema/spec'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'library-imports-no-dev-dependency',
      comment: 'What is published may only need what a user of the library installs.',
      severity: 'error',
      from: {
        path: [
          srcFolder(
            ...LAYERS,
            'cloud-events',
            'copy',
            'http',
            'ingest',
            'integrity',
            'messaging',
            'privacy',
            'rules',
            'operations',
            'dashboard',
            'connectors',
            'adapters',
            'open',
            'process',
            'opentelemetry',
            'testing',
            'cosmos-emulator',
            'service-bus-emulator',
            'cli',
            'worker',
          ),
          '^src/index\\.ts$',
          ENTRIES,
        ],
      },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: npmPackage(...PEERS, ...BUNDLED, ...BUNDLED_WITH_COMMANDS, ...UI),
      },
    },
    {
      name: 'only-commands-import-what-is-bundled-for-them',
      comment: 'A program that imports the library must not load what only the command line and the worker need.',
      severity: 'error',
      from: { path: '^src/', pathNot: srcFolder('cli', 'worker', 'process', 'demo') },
      to: { path: npmPackage(...BUNDLED_WITH_COMMANDS) },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    // With TypeScript 7 the default parser reads no module at all and passes everything.
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|bench/peers|scripts/first-hour/shop|test/types/package|test/servers)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
}
