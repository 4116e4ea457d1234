import type { World } from '../world/world.ts'
import type { Cause } from './outside.ts'

/** Checks that handlers are first called in the order of each stream. */
export type Order = {
  called(cause: Cause): void
}

/** Starts checking. */
export function watchOrder(world: Pick<World, 'fail'>): Order {
  const furthest = new Map<string, number>()
  const called = new Set<string>()
  return {
    called({ streamId, version }) {
      const name = `${streamId}@${version}`
      if (called.has(name)) return
      called.add(name)
      const before = furthest.get(streamId) ?? 0
      if (version < before) world.fail(`the reaction was called for ${name} first after ${streamId}@${before}`)
      furthest.set(streamId, Math.max(before, version))
    },
  }
}
