import { InvalidConfiguration } from '../../../core/errors/input.ts'

// The server's own.
const RESERVED = new Set(['admin', 'config', 'local'])

// On every operating system, servers refuse these characters, and the length in bytes.
const NO_DATABASE = /[/\\. "$*<>:|?\0]/
const MOST_BYTES = 63

// The server accepts more, but not everything; its own collections begin with `system.`.
const PREFIX = /^(?!system\.)(?:[\w-]+\.?)*$/
const LONGEST_PREFIX = 100

/**
 * Checks the names of a database and its collections.
 *
 * @param prefix the prefix of the collections
 * @throws InvalidConfiguration
 */
export function assertNames(database: string, prefix: string): void {
  const isName = database !== '' && !NO_DATABASE.test(database) && Buffer.byteLength(database) <= MOST_BYTES
  if (!isName) {
    throw new InvalidConfiguration('database', `${JSON.stringify(database)} cannot be the name of a database`)
  }
  if (RESERVED.has(database)) throw new InvalidConfiguration('database', `${database} is MongoDB's own`)
  if (prefix.length > LONGEST_PREFIX || !PREFIX.test(prefix)) {
    const why = `${JSON.stringify(prefix)} cannot be a prefix of collections: use letters, digits, _ and -, with single dots between them`
    throw new InvalidConfiguration('collections', why)
  }
}
