import { below, oneOf } from '../../conformance/support/random.ts'
import type { Workers } from '../workers/workers.ts'
import type { Release } from '../workload/projections.ts'
import type { World } from '../world/world.ts'

/** Which version of one of the projections runs where. */
export type Releases = {
  /** The projection of which there are several versions. */
  readonly name: string
  /** The newest version that was deployed. */
  readonly newest: number
  /** What a process that starts at a place runs. */
  at(place: number): Release
  /** The place's process stops in order, and the next one there runs some version, usually a newer one. */
  deploy(place: number, workers: Workers): void
  /** All processes that run a version switch to the one that was deployed last, if that is a different one. */
  vacate(version: number, workers: Workers): void
  /** From now on all run the version that was deployed last, those with another one once they have stopped. */
  agree(workers: Workers): void
  /** What all run at the end. */
  readonly last: Release
}

/** The existing versions. */
export const VERSIONS = [1, 2, 3] as const

/** Creates the releases of a run; without the part, everything stays at its first version. */
export function createReleases({ parts, trace }: World, random: () => number): Releases {
  const merged = parts.has('merged')
  const name = oneOf(random, ['per-stream', 'overall', 'many-keys', ...(merged ? ['in-parts', 'in-parts'] : [])])
  const versionAt = new Map<number, number>()
  let [last, newest] = [1, 1]
  const releaseOf = (version: number): Release => ({ versions: { [name]: version }, merged })
  const versionOf = (place: number) => versionAt.get(place) ?? 1

  function move(place: number, version: number, workers: Workers): void {
    if (versionOf(place) === version) return
    parts.count('versions', version > versionOf(place) ? 'deployed' : 'rolledBack')
    versionAt.set(place, version)
    trace.note(`the next process at place ${place + 1} runs version ${version} of ${name}`)
    workers.leave(place)
  }

  return {
    name,
    at: (place) => releaseOf(versionOf(place)),
    deploy(place, workers) {
      newest = Math.min(newest + (random() < 0.5 ? 1 : 0), VERSIONS.length)
      last = random() < 0.7 ? newest : 1 + below(random, newest)
      move(place, last, workers)
    },
    vacate(version, workers) {
      if (version === last) return
      for (let place = 0; place < workers.places; place++) if (versionOf(place) === version) move(place, last, workers)
    },
    agree(workers) {
      for (let place = 0; place < workers.places; place++) move(place, last, workers)
    },
    get newest() {
      return newest
    },
    get last() {
      return releaseOf(last)
    },
  }
}
