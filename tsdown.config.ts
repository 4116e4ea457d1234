import { defineConfig, type UserConfig } from 'tsdown'
import { bundledLicenses } from './scripts/build/bundled-licenses.ts'
import { DASHBOARD } from './scripts/build/dashboard-config.ts'
import { sourceUrls } from './scripts/build/source-urls.ts'

// Packages whose code is part of what is published, with what they need in turn; docs/adr/0030 says why.
const LIBRARY = ['@standard-schema/spec', 'lru-cache']
const COMMAND_LINE = [
  'commander',
  'zod',
  ...['cli-progress', 'string-width', 'strip-ansi', 'ansi-regex', 'emoji-regex', 'is-fullwidth-code-point'],
  ...['pino', '@pinojs/redact', 'atomic-sleep', 'on-exit-leak-free', 'pino-std-serializers', 'quick-format-unescaped'],
  ...['safe-stable-stringify', 'sonic-boom', 'thread-stream'],
]
const PEERS = [
  '@aws-sdk/client-kms',
  '@aws-sdk/client-s3',
  '@azure/cosmos',
  '@azure/identity',
  '@azure/keyvault-keys',
  '@azure/service-bus',
  '@azure/storage-blob',
  '@nats-io/jetstream',
  '@nats-io/transport-node',
  '@opentelemetry/api',
  '@opentelemetry/exporter-prometheus',
  '@opentelemetry/sdk-metrics',
  '@redis/client',
  'mongodb',
  'rhea',
]

// The build makes only what is published; inside the repository everything runs from source. Modules that are loaded
// together share a chunk, since Node takes longer to find and open a file than to compile what is in it.
const PACKAGE: UserConfig = {
  entry: [
    'src/index.ts',
    'src/core/index.ts',
    'src/errors.ts',
    'src/embedded.ts',
    'src/cosmos.ts',
    'src/cosmos-emulator/index.ts',
    'src/connectors/azure-blob/index.ts',
    'src/connectors/key-vault/index.ts',
    'src/connectors/kms/index.ts',
    'src/connectors/nats/index.ts',
    'src/connectors/redis/index.ts',
    'src/connectors/s3/index.ts',
    'src/connectors/service-bus/index.ts',
    'src/dashboard/index.ts',
    'src/http/index.ts',
    'src/ingest/index.ts',
    'src/integrity/index.ts',
    'src/messaging/index.ts',
    'src/mongo.ts',
    'src/opentelemetry/index.ts',
    'src/privacy/index.ts',
    'src/rules/index.ts',
    'src/service-bus-emulator/index.ts',
    'src/testing/index.ts',
    'src/cli/main.ts',
    // Started as `new Worker(new URL('./writer/thread.js', import.meta.url))`: no import leads here.
    'src/adapters/embedded/writer/thread.ts',
    'src/adapters/embedded/backup/copy.ts',
    'src/integrity/mining/search/thread.ts',
    'src/dashboard/folding/thread/thread.ts',
    // Started as a process of its own.
    'src/cosmos-emulator/main.ts',
  ],
  format: 'esm',
  platform: 'node',
  target: 'node22.23.3',
  root: 'src',
  fixedExtension: false,
  dts: true,
  // The code keeps its names and its layout, so a stack trace can be read without a map.
  sourcemap: false,
  clean: true,
  plugins: [sourceUrls, bundledLicenses],
  outputOptions: {
    chunkFileNames: 'chunks/[name]-[hash].js',
    comments: { jsdoc: false, legal: true, annotation: true },
    codeSplitting: {
      groups: [
        { name: 'core', test: /\/src\/core\/.*(?<!\.d)\.ts$/, priority: 2 },
        {
          name: 'library',
          test: /\/src\/(aggregates|views|projections|reactions|processor)\/.*(?<!\.d)\.ts$|\/node_modules\/lru-cache\//,
          priority: 1,
        },
      ],
    },
  },
  deps: {
    onlyBundle: [...LIBRARY, ...COMMAND_LINE],
    onlyImport: PEERS,
  },
}

export default defineConfig([PACKAGE, DASHBOARD])
