import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { workshop } from './run-cli.ts'

const MODULE = 'test/unit/messaging/contracts/shipment.ts'

test('tidemark contracts asyncapi prints the document of the contracts of a module, and needs no storage', async () => {
  await using shop = await workshop()
  const { code, stdout, stderr } = await shop.run(['contracts', 'asyncapi', MODULE, '--action', 'receive'], {
    TIDEMARK_ENVIRONMENT: 'prod',
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({
    asyncapi: '3.0.0',
    info: { title: 'shop.shipment', version: '1.0.0' },
    channels: { 'shop.shipment': { address: 'prod-shop.shipment' } },
  })
})

test('tidemark contracts asyncapi says what is wrong in one line', async () => {
  await using shop = await workshop()
  const empty = join(shop.folder, 'empty.mjs')
  await writeFile(empty, 'export const nothing = 1')
  const broken = join(shop.folder, 'broken.mjs')
  await writeFile(broken, 'throw new Error("no such thing")')
  const lines = await Promise.all([
    shop.run(['contracts', 'asyncapi', empty]),
    shop.run(['contracts', 'asyncapi', join(shop.folder, 'missing.mjs')]),
    shop.run(['contracts', 'asyncapi', broken]),
    shop.run(['contracts', 'asyncapi', MODULE, '--environment', 'Prod']),
  ])
  expect(lines.map(({ code }) => code)).toEqual([2, 2, 2, 2])
  expect(lines.map(({ stderr }) => stderr.trim().split('\n'))).toEqual([
    [expect.stringMatching(/^InvalidConfiguration: .*exports no contract$/)],
    [expect.stringMatching(/^InvalidConfiguration: .*cannot be read$/)],
    [expect.stringMatching(/^InvalidDefinition: .*broken\.mjs: no such thing$/)],
    [expect.stringMatching(/^InvalidConfiguration: --environment: "Prod" cannot be an environment/)],
  ])
})
