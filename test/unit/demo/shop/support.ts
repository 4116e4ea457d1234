import { afterEach } from 'vitest'
import { buildShop } from '../../../../src/demo/shop/api/build.ts'
import onOrderPlaced from '../../../../src/demo/shop/worker/on-order-placed.ts'
import onProductAdded from '../../../../src/demo/shop/worker/on-product-added.ts'
import onUserLogin from '../../../../src/demo/shop/worker/on-user-login.ts'
import { type Processor, startProcessor } from '../../../../src/processor/processor.ts'
import type { Reaction } from '../../../../src/reactions/reaction.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { type Storage, withViews } from '../../../../src/views/with-views.ts'

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

type ReactionOf = (storage: Storage) => Reaction

/** A storage in memory with the shop's rules, and what else is to run on it. */
async function rulesInMemory(others: readonly ReactionOf[]) {
  const storage = withViews(openMemory({ ranges: 4 }))
  opened.push(() => storage.close())
  const more = others.map((one) => one(storage))
  const processor: Processor = await startProcessor(storage, [onUserLogin, onProductAdded, onOrderPlaced, ...more])
  opened.push(() => processor.stop())
  return storage
}

/** The shop's API on a storage in memory, with rules that run. */
export async function shopInMemory(...others: readonly ReactionOf[]) {
  const storage = await rulesInMemory(others)
  const api = await buildShop({ storage })
  opened.push(() => api.close())
  await api.listen({ port: 0, host: '127.0.0.1' })
  const { port } = api.server.address() as { readonly port: number }
  const url = `http://127.0.0.1:${port}`
  const answerOf = async (answer: Response) => {
    const position = answer.headers.get('tidemark-position') ?? ''
    return { status: answer.status, position, body: (await answer.json()) as Record<string, unknown> }
  }
  return {
    storage,
    url,
    post: async (body: unknown, headers: Record<string, string> = {}) =>
      answerOf(
        await fetch(`${url}/events`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        }),
      ),
    /** @param position of a write that the response must contain */
    get: async (path: string, position?: string) =>
      answerOf(await fetch(url + path, { headers: position === undefined ? {} : { 'tidemark-position': position } })),
  }
}
