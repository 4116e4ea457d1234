import { InvalidConfiguration } from '../../../core/errors/input.ts'

// The server's own.
const RESERVED = new Set(['admin', 'config', 'local'])

// A server of any system refuses the characters, and the length in bytes.
const NO_DATABASE = /[/\\. "$*<>:|?\0]/
const MOST_BYTES = 63

// The server takes more, but not all of it; its own collections begin with `system.`.
const PREFIX = /^(?!system\.)(?:[\w-]+\.?)*$/
const LONGEST_PREFIX = 100

/**
 * Makes sure that a database and its collections can be called so.
 *
 * @param prefix what the names of the collections begin with
 * @throws InvalidConfiguration
 */
export function assertNames(database: string, prefix: string): void {
  const isName = database !== '' && !NO_DATABASE.test(database) && Buffer.byteLength(database) <= MOST_BYTES
  if (!isName) {
    throw new InvalidConfiguration('database', `${JSON.stringify(database)} cannot be the name of a database`)
  }
  if (RESERVED.has(database)) throw new InvalidConfiguration('database', `${database} is MongoDB's own`)
  if (prefix.length > LONGEST_PREFIX || !PREFIX.test(prefix)) {
    const why = `${JSON.stringify(prefix)} cannot be what the names of collections begin with: it takes letters, digits, _ and -, with single dots between them`
    throw new InvalidConfiguration('collections', why)
  }
}
