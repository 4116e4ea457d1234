import { join } from 'node:path'
import { expect } from 'vitest'
import type { Started, workshop } from './demo-process.ts'

/** A demo that has said where it answers. */
export type RunningDemo = {
  readonly demo: Started
  readonly api: string
  /** The health server of the first worker. */
  readonly worker: string
}

// A folder has its key beside it. Others would all have theirs in the working directory, which is the project's.
const keyFolders = new Map<string, Promise<string>>()

async function keysOf(shop: ReturnType<typeof workshop>, storage: string): Promise<NodeJS.ProcessEnv> {
  if (storage.startsWith('file:')) return {}
  const made = keyFolders.get(storage) ?? shop.folder()
  keyFolders.set(storage, made)
  const folder = await made
  return { VAULT_KEY: join(folder, 'demo.key'), PAYLOADS: join(folder, 'payloads') }
}

/** Starts the demo on a storage. */
export async function demoOn(
  shop: ReturnType<typeof workshop>,
  storage: string,
  ...args: readonly string[]
): Promise<RunningDemo> {
  const demo = shop.start('src/demo/start.ts', ['--storage', storage, ...args], await keysOf(shop, storage))
  const [, api = ''] = await demo.find(/API {6}(\S+)/)
  const [, worker = ''] = await demo.find(/worker {3}(\S+)\/status/)
  return { demo, api, worker }
}

/** Sends the lines that the demo prints, as curl would. */
export async function tryPrinted(demo: Started) {
  await demo.find(/views\/daily-totals\/\S+\n/)
  const answers: { status: number; position: string; body: unknown }[] = []
  for (const [, url = '', body = ''] of demo.output().matchAll(/^ {2}curl .*?(http\S+) -d '(.*?)'/gm)) {
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const position = answer.headers.get('tidemark-position') ?? ''
    answers.push({ status: answer.status, position, body: await answer.json() })
  }
  const [, view = ''] = /(http\S+\/views\/daily-totals\/\S+)/.exec(demo.output()) ?? []
  return { answers, view }
}

/** Waits until no process of a demo's group is there. */
export const goneWithin = (demo: Started, milliseconds: number): Promise<void> =>
  expect.poll(() => demo.isAlive(), { timeout: milliseconds, interval: 50 }).toBe(false)
