import assert from 'node:assert/strict'
import { destinationOf } from './destinations.ts'
import { startProject } from './running-project.ts'

/** What a project is tried with. */
export type Trial = {
  readonly folder: string
  readonly contract: string
  readonly group: string
  readonly bus: string
  /** The program of a NATS server, if there is one. */
  readonly nats: string | undefined
  readonly settings: NodeJS.ProcessEnv
}

/**
 * Starts a project, and follows one cart from a command to its view, to the group, and to the bus.
 *
 * @returns after how many milliseconds the API responded
 * @throws Error when anything is otherwise
 */
export async function tryProject({ folder, contract, group, bus, nats, settings }: Trial): Promise<number> {
  const begun = performance.now()
  await using destination = await destinationOf(bus, nats)
  const project = await startProject(folder, { ...settings, ...destination.settings })
  try {
    const cart = `${project.url}/carts/1`
    const added = await post(`${cart}/items`, { sku: 'tea', quantity: 2 })
    assert.equal(added.status, 201)
    const responded = performance.now() - begun
    const position = added.headers.get('tidemark-position') ?? ''
    assert.deepEqual(await readAt(cart, position), { pieces: 2, checkedOut: false })
    assert.equal((await post(`${cart}/items`, { sku: 'tea', quantity: 0 })).status, 400)
    assert.equal((await fetch(`${project.url}/carts/2`)).status, 404)
    assert.equal((await post(`${cart}/checkout`)).status, 200)
    await project.printed(new RegExp(`${group}: cart 1 is checked out, 1 item`))
    const published = await destination.receive(contract, project.printed)
    if (published !== undefined) assert.deepEqual(published, { cartId: '1', items: [{ sku: 'tea', quantity: 2 }] })
    return responded
  } finally {
    await project.stop()
  }
}

/** Reads a view with what was written; while no worker has begun yet, it is asked for again. */
async function readAt(url: string, position: string): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    const read = await fetch(url, { headers: { 'tidemark-position': position } })
    const body = await read.json()
    if (read.status !== 504 || tries === 12) return body
  }
}

const post = (url: string, body?: object) =>
  fetch(url, {
    method: 'POST',
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
