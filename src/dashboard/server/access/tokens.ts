import { createHash, timingSafeEqual } from 'node:crypto'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import type { Role } from '../../contract/session.ts'

/** What signs in as what. At least one is needed. */
export type Tokens = { readonly operator?: string; readonly viewer?: string }

/** The fewest characters of a token. */
const SHORTEST = 16

const SETTINGS = { operator: 'DASHBOARD_TOKEN', viewer: 'DASHBOARD_VIEWER_TOKEN' } as const

/**
 * Creates a function that tells the role of a token. It takes the same time for every token.
 *
 * @throws InvalidConfiguration naming the variable
 */
export function tokenCheck(tokens: Tokens): (given: string) => Role | undefined {
  const { operator, viewer } = tokens
  if (operator === undefined && viewer === undefined)
    throw new InvalidConfiguration(SETTINGS.operator, 'is needed: without a token, no one can sign in')
  for (const role of ['operator', 'viewer'] as const) {
    const token = tokens[role]
    if (token !== undefined && token.length < SHORTEST)
      throw new InvalidConfiguration(SETTINGS[role], `must be at least ${SHORTEST} characters`)
  }
  if (operator === viewer) throw new InvalidConfiguration(SETTINGS.viewer, `must differ from ${SETTINGS.operator}`)
  const known = (['operator', 'viewer'] as const).map((role) => {
    const token = tokens[role]
    return { role, hash: token === undefined ? undefined : hashOf(token) }
  })
  return (given) => {
    const hash = hashOf(given)
    const found = known.filter((one) => one.hash !== undefined && timingSafeEqual(one.hash, hash))
    return found[0]?.role
  }
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest()
