import type { Sampler } from '../../../../src/operations/sampler/sampler.ts'
import { type SamplerOptions, startSampler } from '../../../../src/operations/sampler/start-sampler.ts'
import { type ManualClock, manualClock } from '../../../../src/testing/manual-clock.ts'
import { type MemoryStorage, openMemory } from '../../../../src/testing/memory/index.ts'

/** Lets what needs no time happen, until a condition holds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000; turn++) {
    if (holds()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('It does not hold after 10,000 turns')
}

export type Watching = {
  readonly clock: ManualClock
  readonly storage: MemoryStorage
  readonly sampler: Sampler
  /** Moves the time to the next beat, and waits for its snapshot. */
  beat(): Promise<NonNullable<ReturnType<Sampler['latest']>>>
}

/** Watches a storage in memory, and waits for the first snapshot. */
export async function watching(
  change: (storage: MemoryStorage) => Partial<MemoryStorage> = () => ({}),
  options: Partial<SamplerOptions> = {},
): Promise<Watching> {
  const clock = manualClock()
  const storage = openMemory({ clock })
  const sampler = startSampler({ storage: { ...storage, ...change(storage) }, kind: 'file', clock, ...options })
  const next = async () => {
    const before = sampler.latest()
    await until(() => sampler.latest() !== before && clock.sleeping > 0)
    return sampler.latest() as NonNullable<ReturnType<Sampler['latest']>>
  }
  await next()
  return {
    clock,
    storage,
    sampler,
    beat() {
      const taken = next()
      clock.advance(sampler.every)
      return taken
    },
  }
}
