import type { VersionSummary } from './list-versions.ts'

/**
 * What a version is: what readers see (`active`), on its way there (`building`), rolled back from by command (`standby`), from before
 * (`old`), or about to be gone (`dropping`).
 */
export type Role = 'active' | 'building' | 'standby' | 'old' | 'dropping'

/** Makes a function that tells what each version of a list is. */
export function roles(all: readonly VersionSummary[]): (one: VersionSummary) => Role {
  const active = new Map(all.filter((one) => one.active).map(({ projection, version }) => [projection, version]))
  return (one) => {
    if (one.dropping) return 'dropping'
    if (one.active) return 'active'
    if (one.held) return 'standby'
    return one.version > (active.get(one.projection) ?? 0) ? 'building' : 'old'
  }
}
