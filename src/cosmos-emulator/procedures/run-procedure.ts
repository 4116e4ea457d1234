import { randomUUID } from 'node:crypto'
import vm from 'node:vm'
import { CosmosError, type JsonValue, type PartitionTransaction } from '../engine/types.ts'
import { compileProcedure } from './compile-procedure.ts'
import { withLostRejections } from './lost-rejections.ts'
import { scriptError } from './script-error.ts'
import { SERVER_API } from './server-api.ts'
import { answerCall, type CallOptions } from './server-calls.ts'

/** A call that a procedure makes to the server: the how manieth, from 0, and what it asks for. */
export type ServerCall = { readonly number: number; readonly operation: string }

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
  const { timeoutMs = TIME_LIMIT_MS, selfLink, altLink, enableScriptLogging = false } = options
  const { script, usesPromises } = compileProcedure(text)
  const begun = performance.now()
  const left = (): number => timeoutMs - (performance.now() - begun)
  const accepts = options.accepts ?? (() => left() > timeoutMs / 5)
  const lines: string[] = []
  let calls = 0
  let unanswered = 0
  let isAborted = false

  // Nothing but strings goes between the realms, so that a procedure never holds an object of ours.
  const host = (operation: string, json: string): string => {
    const argument = JSON.parse(json)
    switch (operation) {
      case 'log':
        if (enableScriptLogging) lines.push(argument)
        return '{}'
      case 'abort':
        isAborted = true
        return '{}'
      case 'accept': {
        const accepted = accepts({ number: calls++, ...argument })
        if (accepted) unanswered++
        return JSON.stringify({ accepted })
      }
      case 'links':
        return JSON.stringify({ selfLink, altLink })
      case 'newId':
        return JSON.stringify({ id: randomUUID() })
    }
    unanswered--
    try {
      return JSON.stringify(answerCall(transaction, operation, argument, options))
    } catch (error) {
      if (!(error instanceof CosmosError)) throw error
      return JSON.stringify({ error: { number: error.status, body: JSON.stringify({ Errors: [error.message] }) } })
    }
  }

  const realm = vm.createContext(vm.constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: true, wasm: false },
    microtaskMode: 'afterEvaluate',
  })
  Object.assign(realm, { $host: host, $parameters: JSON.stringify(parameters) })
  const run = (step: vm.Script): void => void step.runInContext(realm, { timeout: Math.max(1, Math.ceil(left())) })
  try {
    API.runInContext(realm)
    script.runInContext(realm)
    const all = (): void => {
      run(START)
      // What promises asked for comes after the function and its callbacks.
      while (unanswered > 0 || isAborted) run(PUMP)
    }
    usesPromises ? withLostRejections(all) : all()
    const json: string | undefined = BODY.runInContext(realm)
    const body: JsonValue | undefined = json === undefined ? undefined : JSON.parse(json)
    return { body, ...(enableScriptLogging && { log: lines.join('\n') }) }
  } catch (error) {
    throw scriptError(error)
  }
}
