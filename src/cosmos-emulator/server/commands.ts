import type { Emulator } from '../emulator.ts'
import { badRequest } from '../engine/errors.ts'
import { CosmosError } from '../engine/types.ts'
import { FAULT_KINDS, type FaultKind } from '../faults/kinds.ts'
import { type SeededFaultsOptions, seededFaults } from '../faults/seeded-faults.ts'
import { authorize } from '../protocol/authorization.ts'
import { errorResponse } from '../protocol/handler.ts'
import type { CosmosRequest, CosmosResponse } from '../protocol/message.ts'
import { parsePath } from '../protocol/path.ts'

/** A running emulator accepts commands as `POST /_emulator/<command>` with a JSON object. */
const PREFIX = '/_emulator/'

type Arguments = Readonly<Record<string, unknown>>

/** The commands, each with its result. */
const COMMANDS: Readonly<Record<string, (emulator: Emulator, args: Arguments) => unknown>> = {
  faults(emulator, args) {
    emulator.faults = args.seed === undefined ? undefined : seededFaults(faultOptions(args)).hook
    return {}
  },
  'stale-reads'(emulator, { lsns }) {
    emulator.staleReads = wholeNumber('lsns', lsns)
    return {}
  },
  partitions: (emulator, args) => emulator.partitions(...container(args)),
  split: (emulator, args) =>
    emulator.split(
      ...container(args),
      text('partition', args.partition),
      ...(args.at === undefined ? [] : [text('at', args.at)]),
    ),
  merge: (emulator, args) => emulator.merge(...container(args), text('a', args.a), text('b', args.b)),
}

/**
 * Runs a command that another process sends: faults by seed, splits, merges. Like any other request, a command is
 * signed with the account's key, and its body must be declared as JSON, which a form of a web page cannot do.
 *
 * @returns `undefined` for a request that is not a command
 */
export function runCommand(emulator: Emulator, request: CosmosRequest): CosmosResponse | undefined {
  if (!request.path.startsWith(PREFIX)) return undefined
  try {
    authorize(request, parsePath(request.path), { key: emulator.key })
    const name = request.path.slice(PREFIX.length)
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (command === undefined || request.method !== 'POST') {
      const known = Object.keys(COMMANDS).map((name) => `POST ${PREFIX}${name}`)
      throw new CosmosError(404, 'NotFound', `There is no such command, only ${known.join(', ')}.`)
    }
    assertJson(request)
    const body = JSON.stringify(command(emulator, parse(request.body)))
    return { status: 200, headers: { 'content-type': 'application/json' }, body }
  } catch (error) {
    if (error instanceof CosmosError) return errorResponse(request, error)
    throw error
  }
}

function assertJson({ headers }: CosmosRequest): void {
  const type = headers['content-type'] ?? ''
  if (/^application\/json\s*(;|$)/i.test(type)) return
  const message = `A command has the media type application/json in its header Content-Type, not ${JSON.stringify(type)}.`
  throw new CosmosError(415, 'UnsupportedMediaType', message)
}

function parse(body: string): Arguments {
  try {
    const value: unknown = JSON.parse(body === '' ? '{}' : body)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Arguments
  } catch {
    // It is reported below.
  }
  throw bad('The body must be a JSON object')
}

function faultOptions({ seed, rates, kinds, longest = 20 }: Arguments): SeededFaultsOptions {
  const options = {
    ...(kinds !== undefined && { kinds: knownKinds(kinds) }),
    seed: wholeNumber('seed', seed),
    longest: wholeNumber('longest', longest),
  }
  return rates === undefined ? options : { ...options, rates: fractions(rates) }
}

function knownKinds(kinds: unknown): readonly FaultKind[] {
  if (Array.isArray(kinds) && kinds.every((kind) => FAULT_KINDS.includes(kind))) return kinds
  throw bad(`kinds must be some of ${FAULT_KINDS.join(', ')}`)
}

function fractions(rates: unknown): Partial<Record<FaultKind, number>> {
  const isRate = ([kind, rate]: [string, unknown]) =>
    FAULT_KINDS.includes(kind as FaultKind) && typeof rate === 'number' && rate >= 0 && rate <= 1
  if (typeof rates === 'object' && rates !== null && Object.entries(rates).every(isRate)) return rates
  throw bad(`rates must give numbers from 0 to 1 to some of ${FAULT_KINDS.join(', ')}`)
}

const container = (args: Arguments): [string, string] => [
  text('database', args.database),
  text('container', args.container),
]

function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw bad(`${name} must be a string`)
}

function wholeNumber(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw bad(`${name} must be a whole number from 0`)
}

const bad = (message: string): CosmosError => badRequest(`${message}.`)
