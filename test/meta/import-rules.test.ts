import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'

// The rules are tried on a small tree of their own: dependency-cruiser once read no module at all and was content.

const root = new URL('../../', import.meta.url).pathname
const packages = [
  '@standard-schema/spec',
  '@azure/cosmos',
  '@azure/identity',
  'mongodb',
  'lru-cache',
  'fastify',
  'commander',
  'zod',
  '@opentelemetry/api',
  '@opentelemetry/exporter-prometheus',
  '@opentelemetry/sdk-metrics',
  '@aws-sdk/client-kms',
  '@azure/service-bus',
  'rhea',
]

const allowed: Record<string, string> = {
  'src/index.ts': "export { a } from './aggregates/a.ts'",
  'src/core/b.ts': 'export const a = 1',
  'src/core/a.ts': "import type { x } from '@standard-schema/spec'\nexport type A = typeof x",
  'src/aggregates/a.ts':
    "import { LRUCache } from 'lru-cache'\nexport const a = [LRUCache, await import('../core/a.ts')]",
  'src/views/a.ts': "export { a } from '../aggregates/a.ts'",
  'src/projections/a.ts': "export { a } from '../views/a.ts'",
  'src/reactions/a.ts': "export { a } from '../projections/a.ts'",
  'src/processor/a.ts': "export { a } from '../reactions/a.ts'",
  'src/adapters/embedded/a.ts': "import 'node:sqlite'\nexport const a = 1",
  'src/adapters/cosmos/a.ts': "import '@azure/cosmos'\nimport '../../core/a.ts'\nexport const a = 1",
  'src/adapters/mongo/a.ts': "import 'mongodb'\nexport const a = 1",
  'src/privacy/vault/master/master-key.ts': 'export const a = 1',
  'src/connectors/key-vault/a.ts': "export { a } from '../../privacy/vault/master/master-key.ts'",
  'src/privacy/payloads/payload-store.ts': 'export const a = 1',
  'src/connectors/redis/a.ts': "import '../../core/a.ts'\nexport { a } from '../../privacy/payloads/payload-store.ts'",
  'src/connectors/kms/a.ts': "import '@aws-sdk/client-kms'\nimport '../../core/a.ts'\nexport const a = 1",
  'src/open/a.ts':
    "import '@azure/cosmos'\nexport const a = () => [import('../adapters/embedded/a.ts'), import('@azure/identity')]",
  'src/open/vault/opening/a.ts': "export { a } from '../../../privacy/a.ts'",
  'src/open/vault/a.ts':
    "import type { a } from '../../privacy/a.ts'\nexport const b = (): Promise<{ a: typeof a }> => import('./opening/a.ts')",
  'src/integrity/a.ts': "export { a } from '../core/b.ts'",
  'src/integrity/index.ts': "export { a } from './a.ts'",
  'src/open/chain/opening/a.ts': "export { a } from '../../../integrity/a.ts'",
  'src/cli/chain/a.ts':
    "import type { a } from '../../integrity/index.ts'\nexport const b = (): Promise<{ a: typeof a }> => import('../../integrity/index.ts')",
  'src/cosmos.ts': "import './adapters/cosmos/a.ts'\nexport { a } from './views/a.ts'",
  'src/process/a.ts': "import '../opentelemetry/a.ts'\nexport { a } from '../core/a.ts'",
  'src/cosmos-emulator/a.ts': "import '../core/a.ts'\nexport const a = 1",
  'src/messaging/bus/a.ts': "export { a } from '../../reactions/a.ts'",
  'src/cloud-events/a.ts': "import '../core/a.ts'\nexport const a = 1",
  'src/ingest/a.ts': "import '../http/a.ts'\nimport '../cloud-events/a.ts'\nexport { a } from '../core/a.ts'",
  'src/messaging/contracts/a.ts': "import '../../cloud-events/a.ts'\nexport { a } from '../../core/a.ts'",
  'src/service-bus-emulator/a.ts': "import 'rhea'\nimport '../core/a.ts'\nexport const a = 1",
  'src/http/a.ts': "import 'node:http'\nimport '../core/a.ts'\nexport const a = 1",
  'src/privacy/a.ts': "import 'lru-cache'\nimport '../core/a.ts'\nexport { a } from '../views/a.ts'",
  'src/opentelemetry/a.ts': "import '@opentelemetry/api'\nexport { a } from '../core/a.ts'",
  'src/opentelemetry/prometheus/a.ts':
    "import '@opentelemetry/exporter-prometheus'\nimport '@opentelemetry/sdk-metrics'\nexport { a } from '../a.ts'",
  'src/copy/a.ts': "import '../core/a.ts'\nexport const a = 1",
  'src/testing/a.ts': "export { a } from '../processor/a.ts'",
  'src/cli/b.ts': "import 'commander'\nexport const b = 1",
  'src/errors.ts': "export type { A } from './core/a.ts'",
  'src/cli/a.ts':
    "import '../cosmos-emulator/a.ts'\nimport '../copy/a.ts'\nexport const a = () => import('../worker/a.ts')",
  'src/cli/witness/witness-settings.ts': "export { a } from '../../process/common-settings.ts'",
  'src/process/common-settings.ts': "import 'zod'\nexport const a = 1",
  'src/worker/a.ts': "import '../http/a.ts'\nexport { a } from '../open/a.ts'",
  'src/demo/domain/a.ts': "export { a } from '../../index.ts'",
  'src/demo/api.ts': "import 'fastify'\nexport { a } from '../../projections/a.ts'",
  'projections/a.ts': "import '../src/index.ts'\nexport { a } from '../src/demo/domain/a.ts'",
  'test/a.ts': "import '../src/core/a.ts'\nexport const a = 1",
}

/** One forbidden import each: the file, what it says, and the rule that must notice. */
const planted: readonly (readonly [file: string, text: string, rule: string])[] = [
  ['src/core/up.ts', "export * from '../aggregates/a.ts'", 'core-imports-what-stands-before-it'],
  [
    'src/core/type.ts',
    "import type { a } from '../views/a.ts'\nexport type T = typeof a",
    'core-imports-what-stands-before-it',
  ],
  ['src/core/retype.ts', "export type { a } from '../views/a.ts'", 'core-imports-what-stands-before-it'],
  [
    'src/core/package.ts',
    "import { LRUCache } from 'lru-cache'\nexport const x = LRUCache",
    'core-has-no-runtime-dependency',
  ],
  [
    'src/core/value.ts',
    "import { x } from '@standard-schema/spec'\nexport const y = x",
    'core-takes-types-only-from-standard-schema',
  ],
  ['src/aggregates/up.ts', "import '../views/a.ts'", 'aggregates-imports-what-stands-before-it'],
  [
    'src/views/using.ts',
    "export async function f() {\n  await using x = (await import('../projections/a.ts')).a\n  return x\n}",
    'views-imports-what-stands-before-it',
  ],
  ['src/views/up.ts', "import '../projections/a.ts'", 'views-imports-what-stands-before-it'],
  ['src/projections/up.ts', "import '../reactions/a.ts'", 'projections-imports-what-stands-before-it'],
  ['src/reactions/up.ts', "import '../processor/a.ts'", 'reactions-imports-what-stands-before-it'],
  [
    'src/processor/adapter.ts',
    "export const x = () => import('../adapters/embedded/a.ts')",
    'processor-imports-what-stands-before-it',
  ],
  ['src/adapters/embedded/other.ts', "import '../cosmos/a.ts'", 'adapter-embedded-imports-core-only'],
  ['src/adapters/cosmos/views.ts', "import '../../views/a.ts'", 'adapter-cosmos-imports-core-only'],
  ['src/adapters/mongo/driver.ts', "import '@azure/cosmos'", 'adapter-mongo-imports-its-own-driver-only'],
  ['src/connectors/kms/vault.ts', "import '../../privacy/a.ts'", 'connector-kms-imports-what-it-serves'],
  ['src/connectors/key-vault/kms.ts', "import '../kms/a.ts'", 'connector-key-vault-imports-what-it-serves'],
  [
    'src/connectors/key-vault/driver.ts',
    "import '@aws-sdk/client-kms'",
    'connector-key-vault-imports-its-own-driver-only',
  ],
  ['src/connectors/redis/folder.ts', "import '../../privacy/a.ts'", 'connector-redis-imports-what-it-serves'],
  ['src/connectors/nats/vault.ts', "import '../../privacy/a.ts'", 'connector-nats-imports-what-it-serves'],
  ['src/connectors/azure-blob/s3.ts', "import '../redis/a.ts'", 'connector-azure-blob-imports-what-it-serves'],
  [
    'src/connectors/service-bus/consumers.ts',
    "import '../../messaging/contracts/a.ts'",
    'connector-service-bus-imports-what-it-serves',
  ],
  ['src/connectors/s3/driver.ts', "import 'mongodb'", 'connector-s3-imports-its-own-driver-only'],
  ['src/connectors/other/a.ts', "import '../../core/a.ts'", 'every-file-of-src-has-its-place'],
  ['src/adapters/shared.ts', "import '../core/a.ts'", 'every-file-of-src-has-its-place'],
  ['src/open/worker.ts', "import '../worker/a.ts'", 'open-imports-library-and-entries'],
  ['src/open/emulator.ts', "import '../cosmos-emulator/a.ts'", 'open-imports-library-and-entries'],
  ['src/open/vault/b.ts', "import './opening/a.ts'", 'a-vault-is-loaded-where-it-is-used'],
  ['src/cli/vault.ts', "import '../privacy/a.ts'", 'a-vault-is-loaded-where-it-is-used'],
  ['src/worker/vault.ts', "export { a } from '../open/vault/opening/a.ts'", 'a-vault-is-loaded-where-it-is-used'],
  ['src/cli/settings.ts', "import '../process/common-settings.ts'", 'settings-are-loaded-where-they-are-read'],
  ['src/cli/zod.ts', "import 'zod'", 'settings-are-loaded-where-they-are-read'],
  ['src/cli/witness/b.ts', "import './witness-settings.ts'", 'settings-are-loaded-where-they-are-read'],
  ['src/cli/worker.ts', "import '../worker/a.ts'", 'settings-are-loaded-where-they-are-read'],
  ['src/cli/chain/b.ts', "import '../../integrity/a.ts'", 'a-chain-is-loaded-where-it-is-used'],
  ['src/demo/chain.ts', "import '../open/chain/opening/a.ts'", 'a-chain-is-loaded-where-it-is-used'],
  ['src/worker/chain.ts', "import '../integrity/a.ts'", 'a-chain-is-loaded-where-it-is-used'],
  ['src/open/chain/opening/b.ts', "import '../../../integrity/index.ts'", 'a-chain-is-opened-by-its-parts'],
  ['src/embedded.ts', "import './open/a.ts'", 'entries-import-library-and-adapters'],
  ['src/process/worker.ts', "import '../worker/a.ts'", 'process-imports-core-http-and-telemetry'],
  ['src/cosmos-emulator/open.ts', "import '../open/a.ts'", 'cosmos-emulator-imports-core-only'],
  ['src/service-bus-emulator/cosmos.ts', "import '../cosmos-emulator/a.ts'", 'service-bus-emulator-imports-core-only'],
  ['src/service-bus-emulator/sdk.ts', "import '@azure/service-bus'", 'service-bus-emulator-imports-its-protocol-only'],
  ['src/messaging/up.ts', "import '../processor/a.ts'", 'messaging-imports-what-stands-before-it'],
  ['src/messaging/package.ts', "import 'lru-cache'", 'messaging-imports-types-of-schemas-only'],
  ['src/cloud-events/bus.ts', "import '../messaging/bus/a.ts'", 'cloud-events-import-core-only'],
  ['src/cloud-events/package.ts', "import 'lru-cache'", 'cloud-events-import-no-package'],
  ['src/ingest/bus.ts', "import '../messaging/bus/a.ts'", 'ingest-imports-http-and-cloud-events'],
  [
    'src/ingest/framework.ts',
    "import type { FastifyReply } from 'fastify'\nexport type R = FastifyReply",
    'ingest-imports-no-package',
  ],
  ['src/http/views.ts', "import '../views/a.ts'", 'http-imports-core-only'],
  [
    'src/http/framework.ts',
    "import type { FastifyReply } from 'fastify'\nexport type R = FastifyReply",
    'http-imports-no-package',
  ],
  ['src/privacy/up.ts', "import '../processor/a.ts'", 'privacy-imports-core-and-views'],
  ['src/privacy/adapter.ts', "import '../adapters/embedded/a.ts'", 'privacy-imports-core-and-views'],
  ['src/privacy/package.ts', "import '@azure/identity'", 'privacy-imports-its-cache-only'],
  ['src/cli/http.ts', "import '../http/a.ts'", 'cli-imports-the-library'],
  ['src/opentelemetry/up.ts', "import '../processor/a.ts'", 'opentelemetry-imports-core-only'],
  ['src/opentelemetry/package.ts', "import 'lru-cache'", 'opentelemetry-imports-its-api-only'],
  ['src/opentelemetry/reader.ts', "import '@opentelemetry/sdk-metrics'", 'opentelemetry-imports-its-api-only'],
  ['src/opentelemetry/prometheus/package.ts', "import 'lru-cache'", 'prometheus-imports-its-exporter-only'],
  ['src/processor/api.ts', "import '@opentelemetry/api'", 'only-opentelemetry-knows-its-api'],
  ['src/testing/adapter.ts', "import '../adapters/embedded/a.ts'", 'testing-imports-library-only'],
  ['src/cli/demo.ts', "import '../demo/api.ts'", 'cli-imports-the-library'],
  ['src/worker/projections.ts', "import '../../projections/a.ts'", 'worker-imports-the-library'],
  ['src/demo/cli.ts', "import '../cli/a.ts'", 'demo-imports-the-library'],
  ['src/demo/emulator.ts', "import '../cosmos-emulator/a.ts'", 'demo-imports-the-library'],
  ['projections/core.ts', "import '../src/core/a.ts'", 'projections-import-public-names'],
  ['projections/package.ts', "import 'lru-cache'", 'projections-import-no-package'],
  ['src/processor/dev.ts', "import 'fastify'", 'library-imports-no-dev-dependency'],
  ['src/cli/dev.ts', "import 'fastify'", 'library-imports-no-dev-dependency'],
  ['src/processor/command.ts', "import 'commander'", 'only-commands-import-what-is-bundled-for-them'],
  ['src/errors-2.ts', "import './core/a.ts'", 'every-file-of-src-has-its-place'],
  ['src/demo/test.ts', "import '../../test/a.ts'", 'nothing-imports-tests'],
  ['src/views/cycle-back.ts', "export * from './cycle.ts'", 'no-cycles'],
  ['src/views/lost.ts', "import './nowhere.ts'", 'everything-resolves'],
]

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-imports-'))
  await write(
    'package.json',
    JSON.stringify({
      name: 'planted',
      type: 'module',
      peerDependencies: { '@azure/cosmos': '*', '@azure/identity': '*', mongodb: '*' },
      devDependencies: { '@standard-schema/spec': '*', 'lru-cache': '*', commander: '*', zod: '*', fastify: '*' },
    }),
  )
  for (const name of packages) {
    await write(`node_modules/${name}/package.json`, JSON.stringify({ name, type: 'module', exports: './index.js' }))
    await write(`node_modules/${name}/index.js`, 'export const x = 1, LRUCache = 1')
  }
  for (const [file, text] of Object.entries(allowed)) await write(file, `${text}\n`)
  await cp(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true })
  await writeFile(join(folder, file), text)
}

async function cruise(): Promise<{ errors: number; violations: string[] }> {
  const program = join(root, 'node_modules/.bin/depcruise')
  const args = [
    program,
    '--config',
    join(root, '.dependency-cruiser.mjs'),
    '--output-type',
    'json',
    'src',
    'projections',
    'test',
  ]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 1e8 })
  const { summary } = JSON.parse(stdout) as {
    summary: { error: number; violations: { from: string; rule: { name: string } }[] }
  }
  return { errors: summary.error, violations: summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`) }
}

test('a tree that keeps the rules passes', async () => {
  expect(await cruise()).toEqual({ errors: 0, violations: [] })
})

test('each planted violation is found', async () => {
  for (const [file, text] of planted) await write(file, `${text}\n`)
  await write('src/views/cycle.ts', "export * from './cycle-back.ts'\n")
  const { violations } = await cruise()
  expect(violations).toEqual(expect.arrayContaining(planted.map(([file, , rule]) => `${file}: ${rule}`)))
})
