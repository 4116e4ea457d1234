import { promiseHooks } from 'node:v8'
import vm from 'node:vm'
import { withinTime } from '../time-limit.ts'
import type { Compiled } from './compile-procedure.ts'
import { SERVER_API } from './server-api.ts'

/** The parameters of a procedure's run. */
export type Start = {
  readonly parameters: readonly unknown[]
  /** The container's `_self`, such as `dbs/<rid>/colls/<rid>/`. */
  readonly selfLink: string
  /** The container's link by names, such as `dbs/shop/colls/orders`. */
  readonly altLink: string
  /** Milliseconds after which calls to the server are refused. */
  readonly acceptsFor: number
  /** The calls, counted from 0, that are refused. */
  readonly refused: readonly number[]
}

/**
 * The realm of one run of one procedure. Only text goes in and comes out, and no function or object of the host is ever
 * in it: one would be enough to reach everything that the host can do.
 *
 * @see docs/adr/0020-emulator-isolates-stored-procedures.md
 */
export type Realm = {
  /** Each of these returns what the procedure does next, as text, or something else if the realm was tampered with. */
  start(start: Start): unknown
  /** @param answer the response to the last call, as JSON */
  answer(answer: string): unknown
  /** Asks again, when the function and its callbacks have returned but promises may have made calls. */
  next(): unknown
  /** The response and the log, as JSON. */
  finish(): unknown
  /** Keeps unhandled rejections from ending the process. Nothing runs in the realm after it. */
  close(): void
}

const API = new vm.Script(SERVER_API, { filename: 'server-api.js' })
const START = new vm.Script('$server.start()')
const ANSWER = new vm.Script('$server.answer()')
const NEXT = new vm.Script('$server.next()')
const FINISH = new vm.Script('$server.finish()')
const SILENCE = new vm.Script('$server.silence()')
const WITHOUT_PROMISES = new vm.Script('delete this.Promise')

/** The time limit for settling the promises of one run, in milliseconds. */
const CLOSING_MS = 1_000

export function createRealm({ script, usesPromises }: Compiled): Realm {
  const global = vm.createContext(vm.constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  }) as { $input: string }
  // It cannot become an accessor, so assigning to it runs no code of the procedure.
  Object.defineProperty(global, '$input', { value: '', writable: true })
  const run = (step: vm.Script, input?: string): unknown => {
    try {
      if (input !== undefined) global.$input = input
      return step.runInContext(global, { displayErrors: false })
    } catch {
      // An error from there is an object of the realm: inspecting it could run code of the procedure.
      return undefined
    }
  }
  const notePromise = API.runInContext(global) as (promise: Promise<unknown>) => void
  if (!usesPromises) run(WITHOUT_PROMISES)
  // The hook is a function of the realm, so that V8 calls none of ours while the procedure runs.
  const stop = usesPromises ? (promiseHooks.onInit(notePromise) as () => void) : undefined
  return {
    start(start) {
      run(script)
      return run(START, JSON.stringify(start))
    },
    answer: (answer) => run(ANSWER, answer),
    next: () => run(NEXT),
    finish: () => run(FINISH),
    close() {
      stop?.()
      if (usesPromises) withinTime(CLOSING_MS, () => run(SILENCE))
    },
  }
}
