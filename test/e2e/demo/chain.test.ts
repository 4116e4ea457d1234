import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { tamperedEvents } from '../../support/integrity/tampered-events.ts'
import { CLI } from '../../support/processes/cli.ts'
import { workshop } from './demo-process.ts'
import { demoOn, goneWithin, tryPrinted } from './running-demo.ts'

const ROOT = join(import.meta.dirname, '../../..')
const shop = workshop()
afterEach(() => shop.clean())

/** Runs a command, whatever its exit code. */
const tidemark = (storage: string, ...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly output: string }>((resolve) => {
    const { CHAIN_KEY: _, CHAIN_ANCHORS: __, ...environment } = process.env
    const env = { ...environment, TIDEMARK_STORAGE: storage }
    execFile(process.execPath, [CLI, ...args], { cwd: ROOT, env }, (error, output) =>
      resolve({ code: error ? Number(error.code) : 0, output }),
    )
  })

it('seals the demo, which verifies while it runs and afterwards, until one character is changed', {
  timeout: 120_000,
}, async () => {
  const data = join(await shop.folder(), 'data')
  const storage = `file:${data}`
  const { demo } = await demoOn(shop, storage)
  const { answers } = await tryPrinted(demo)
  expect(answers.map(({ status }) => status)).toEqual([201, 200, 201])
  expect(demo.output()).toContain(`chain    ${data}.chain-key`)
  expect((await stat(`${data}.chain-key`)).mode & 0o777).toBe(0o600)

  const key = (await tidemark(storage, 'chain', 'key')).output.trim()
  const verify = async () => {
    const { code, output } = await tidemark(storage, 'chain', 'verify', '--key', key, '--json')
    return { code, ...JSON.parse(output) }
  }
  await expect.poll(verify, { timeout: 30_000, interval: 500 }).toMatchObject({ code: 0, unsealed: 0 })
  process.kill(demo.child.pid as number, 'SIGTERM')
  await goneWithin(demo, 10_000)
  const after = await verify()
  expect(after).toMatchObject({ code: 0, result: 'clean', unsealed: 0, anchors: [`file ${data}.heads`] })
  expect(after.compared).toBeGreaterThan(2)

  const [meterId = ''] = /87\d{6}/.exec(demo.output()) ?? []
  const { output } = await tidemark(storage, 'streams', 'list', '--category', 'meter')
  const streamId = output.split('\n').find((line) => line.includes(meterId)) ?? ''
  tamperedEvents(data).change(streamId.trim(), 1, '1012', '1013')
  const finding = { code: 'eventChanged', streamId: streamId.trim(), version: 1, block: expect.any(Number) }
  expect(await verify()).toMatchObject({ code: 6, findings: [finding] })
})
