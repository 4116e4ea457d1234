import { METADATA } from '../charges/charges.ts'
import { CosmosError, type JsonValue, type PartitionTransaction } from '../engine/types.ts'
import { TIME_LIMIT_MS, withinTime } from '../time-limit.ts'
import { compileProcedure } from './compile-procedure.ts'
import { createRealm, type Realm } from './realm.ts'
import { scriptError } from './script-error.ts'
import { answerCall, type CallAnswer, type CallOptions, type ServerCall } from './server-calls.ts'

/** How a procedure is run. */
export type ProcedureOptions = CallOptions & {
  /** The container's `_self`, such as `dbs/<rid>/colls/<rid>/`. */
  readonly selfLink: string
  /** The container's link by names, such as `dbs/shop/colls/orders`. */
  readonly altLink: string
  /** Milliseconds that it may take; 5,000 unless told, as on the service. */
  readonly timeoutMs?: number
  /** Whether what it writes to `console.log` is answered. */
  readonly enableScriptLogging?: boolean
  /** The calls to the server, counted from 0, that are refused whatever the time. */
  readonly refused?: readonly number[]
  /** The request units that its calls may take before others are refused; no limit unless told. */
  readonly requestUnits?: number
  /** Is told of each call before it is answered. */
  readonly onCall?: (operation: string) => void
  /** Is told what each call takes, in request units. */
  readonly onCharge?: (charge: number) => void
}

/** What a procedure answers. */
export type ProcedureAnswer = {
  /** What it set as the response's body; undefined when it set none. */
  readonly body: JsonValue | undefined
  /** What it logged, when that was asked for. */
  readonly log?: string
}

/** Calls are refused once this part of the time is over. */
const ACCEPTING = 4 / 5

/**
 * Runs a stored procedure, given as the text of one function, in a realm of its own over one logical partition. It
 * either answers or throws; then its owner has to roll the transaction back.
 *
 * @param parameters the arguments of the function
 * @throws CosmosError 400 when the text does not compile, or the procedure throws: then with the thrown error's number,
 * such as 409 of a server call's error, as the substatus; 408 past the time limit
 */
export function runProcedure(
  text: string,
  parameters: readonly JsonValue[],
  transaction: PartitionTransaction,
  options: ProcedureOptions,
): ProcedureAnswer {
  const { timeoutMs = TIME_LIMIT_MS, selfLink, altLink, refused = [], enableScriptLogging = false } = options
  const { requestUnits = Number.POSITIVE_INFINITY } = options
  const compiled = compileProcedure(text)
  const realm = createRealm(compiled)
  const start = { parameters, selfLink, altLink, refused, acceptsFor: timeoutMs * ACCEPTING }
  let spent = 0
  const answer = (call: ServerCall): string => {
    const answered = answerOf(transaction, call, options)
    spent += answered.charge
    options.onCharge?.(answered.charge)
    return JSON.stringify({ ...answered, isExhausted: spent >= requestUnits })
  }
  try {
    const { body, log } = withinTime(timeoutMs, () => {
      let state = realm.start(start)
      for (;;) {
        const step = stepOf(state)
        if (step === undefined && !compiled.usesPromises) return responseOf(realm)
        if (step !== undefined) state = realm.answer(answer(step))
        else {
          // What promises asked for comes after the function and its callbacks.
          state = realm.next()
          if (stepOf(state) === undefined) return responseOf(realm)
        }
      }
    })
    return { body, ...(enableScriptLogging && { log }) }
  } finally {
    realm.close()
  }
}

type FailedCall = { readonly error: { readonly number: number; readonly body: string }; readonly charge: number }

function answerOf(
  transaction: PartitionTransaction,
  call: ServerCall,
  options: ProcedureOptions,
): CallAnswer | FailedCall {
  try {
    options.onCall?.(call.operation)
    return answerCall(transaction, call, options)
  } catch (error) {
    if (!(error instanceof CosmosError)) throw error
    return { error: { number: error.status, body: JSON.stringify({ Errors: [error.message] }) }, charge: METADATA }
  }
}

/**
 * The call that a procedure makes next, or `undefined` when it has none to make.
 *
 * @throws CosmosError 400 when it failed
 */
function stepOf(state: unknown): ServerCall | undefined {
  const { operation, argument, failed } = objectIn(state)
  if (failed !== undefined) {
    const { text, number } = asObject(failed)
    throw scriptError(typeof text === 'string' ? text : 'Error', number)
  }
  return typeof operation === 'string' ? { operation, argument: asObject(argument) } : undefined
}

function responseOf(realm: Realm): { readonly body: JsonValue | undefined; readonly log: string } {
  const { body, log } = objectIn(realm.finish())
  return {
    body: body === undefined ? undefined : (parsed(body) as JsonValue),
    log: typeof log === 'string' ? log : '',
  }
}

function objectIn(text: unknown): Readonly<Record<string, unknown>> {
  return asObject(parsed(text))
}

/** What comes out of a realm may be anything, as the procedure can have tampered with what makes it. */
function parsed(text: unknown): unknown {
  if (typeof text !== 'string') throw tampered()
  try {
    return JSON.parse(text)
  } catch {
    throw tampered()
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw tampered()
  return value as Readonly<Record<string, unknown>>
}

const tampered = (): CosmosError => scriptError("Error: the procedure changed what the server's API depends on")
