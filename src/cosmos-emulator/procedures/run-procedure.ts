import vm from 'node:vm'
import type { JsonValue, PartitionTransaction } from '../engine/types.ts'
import { compileProcedure } from './compile-procedure.ts'
import { hostOf, type ServerCall } from './host.ts'
import { withLostRejections } from './lost-rejections.ts'
import { scriptError } from './script-error.ts'
import { SERVER_API } from './server-api.ts'
import type { CallOptions } from './server-calls.ts'

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
  /** Whether the server takes a call; it refuses, by default, once four fifths of the time are over. */
  readonly accepts?: (call: ServerCall) => boolean
}

/** What a procedure answers. */
export type ProcedureAnswer = {
  /** What it set as the response's body; undefined when it set none. */
  readonly body: JsonValue | undefined
  /** What it logged, when that was asked for. */
  readonly log?: string
}

const API = new vm.Script(SERVER_API, { filename: 'server-api.js' })
const START = new vm.Script('$server.start($procedure, $parameters)')
const PUMP = new vm.Script('$server.pump()')
const BODY = new vm.Script('$server.body()')
const TIME_LIMIT_MS = 5_000

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
  const { timeoutMs = TIME_LIMIT_MS, enableScriptLogging = false } = options
  const { script, usesPromises } = compileProcedure(text)
  const begun = performance.now()
  const left = (): number => timeoutMs - (performance.now() - begun)
  const host = hostOf(transaction, { accepts: () => left() > timeoutMs / 5, ...options })
  const realm = vm.createContext(vm.constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: true, wasm: false },
    microtaskMode: 'afterEvaluate',
  })
  Object.assign(realm, { $host: host.call, $parameters: JSON.stringify(parameters) })
  const run = (step: vm.Script): void => void step.runInContext(realm, { timeout: Math.max(1, Math.ceil(left())) })
  const runAll = (): void => {
    run(START)
    // What promises asked for comes after the function and its callbacks.
    while (host.isPending()) run(PUMP)
  }
  try {
    API.runInContext(realm)
    script.runInContext(realm)
    if (usesPromises) withLostRejections(runAll)
    else runAll()
    const json: string | undefined = BODY.runInContext(realm)
    const body: JsonValue | undefined = json === undefined ? undefined : JSON.parse(json)
    return { body, ...(enableScriptLogging && { log: host.log.join('\n') }) }
  } catch (error) {
    throw host.failure()?.error ?? scriptError(error)
  }
}
