import { randomFrom } from '../../../src/core/random.ts'
import type { Decide, Fate } from './tcp-proxy.ts'

/** How likely each fate is, from 0 to 1; what is left is forwarded. */
export type Chances = Readonly<Partial<Record<'cutBefore' | 'cutAfter' | 'dropAnswer' | 'delay', number>>>

/** What faults are for: commands that write, read and commit, not what a driver does for itself. */
const STORAGE_COMMANDS: ReadonlySet<string> = new Set([
  'commitTransaction',
  'insert',
  'update',
  'delete',
  'find',
  'getMore',
  'aggregate',
])

/**
 * Decides by chance, and the same again with the same seed and commands.
 *
 * @param delay milliseconds that a delay takes at most
 */
export function faultsBySeed(
  seed: number,
  chances: Chances,
  {
    commands = STORAGE_COMMANDS,
    delay = 50,
  }: { readonly commands?: ReadonlySet<string>; readonly delay?: number } = {},
): Decide {
  const random = randomFrom(seed)
  return (command): Fate => {
    if (!commands.has(command)) return 'forward'
    let rest = random()
    for (const fate of ['cutBefore', 'cutAfter', 'dropAnswer'] as const) {
      rest -= chances[fate] ?? 0
      if (rest < 0) return fate
    }
    rest -= chances.delay ?? 0
    return rest < 0 ? { delay: Math.floor(random() * delay) } : 'forward'
  }
}
