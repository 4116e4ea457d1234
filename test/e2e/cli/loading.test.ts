import { expect, test } from 'vitest'
import { SOURCE_CLI } from '../../support/processes/cli.ts'
import { workshop } from './run-cli.ts'

// Says at the end what was loaded, one file a line.
const LIST = `import { registerHooks } from 'node:module'
const loaded = new Set()
registerHooks({ load: (url, context, next) => (loaded.add(url), next(url, context)) })
process.on('exit', () => console.error([...loaded].join('\\n')))`

test('a command loads neither a vault, nor a chain, nor what only the worker and the witness need', async () => {
  await using shop = await workshop(SOURCE_CLI)
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(LIST)}`
  const { stderr } = await shop.run(['setup'], { NODE_OPTIONS })
  const loaded = stderr.split('\n')
  expect(loaded).toContainEqual(expect.stringMatching(/src\/cli\/setup\.ts$/))
  const unused = /\/src\/(integrity|privacy|connectors)\/|\/opening\/|\/node_modules\/(zod|pino)\//
  expect(loaded.filter((url) => unused.test(url))).toEqual([])
}, 60_000)
