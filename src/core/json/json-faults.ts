import { NotJson } from '../errors/input.ts'

// What every walk through a JSON value refuses. The path of a fault is built on the way back from it, because building
// a path for each member would cost more than checking it.

/**
 * How many levels of objects and arrays event data, metadata and a view's data may have. Cosmos DB accepts 128 in a
 * document; the rest is for the document around the data, and for the request around the document.
 */
export const MOST_LEVELS = 120

/** The same for what Tidemark itself stores, which may contain whole events; it fits all databases, too. */
export const MOST_OWN_LEVELS = MOST_LEVELS + 4

/** A value that is not JSON, on its way back to the root of the walk. */
class Fault {
  readonly what: string
  /** From the place that the walk has returned to. */
  path = ''
  constructor(what: string) {
    this.what = what
  }
}

/** Refuses a value. @param what that it is, for the error's message @throws Fault always */
export function refuse(what: string): never {
  throw new Fault(what)
}

// A path is for people: of a long one, the end is shown.
const LONGEST_PATH = 200

/** Adds a step to a fault's path, and throws it again. */
export function rethrow(fault: unknown, step: string): never {
  if (fault instanceof Fault) {
    const path = step + fault.path
    fault.path = path.length > LONGEST_PATH ? `…${path.slice(1 - LONGEST_PATH)}` : path
  }
  throw fault
}

/** The error for a fault that has reached the root. */
export const toNotJson = (fault: unknown, path: string): unknown =>
  fault instanceof Fault ? new NotJson(path + fault.path, fault.what) : fault

/** Checks a value that is neither object nor array. @throws Fault if JSON cannot represent it */
export function toPrimitive(value: unknown): string | number | boolean | null {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new Fault('a string with a lone surrogate')
      return value
    case 'number':
      if (!Number.isFinite(value)) throw new Fault(String(value))
      return value
    case 'boolean':
      return value
    default:
      if (value === null) return null
      throw new Fault(value === undefined ? 'undefined' : `a ${typeof value}`)
  }
}

/** @throws Fault if an object is neither plain nor an array, or has a method that determines its JSON */
export function assertContainer(value: object, levelsLeft: number): void {
  if (!Array.isArray(value) && !isPlainObject(value)) {
    throw new Fault(`an instance of ${value.constructor?.name ?? 'a class'}`)
  }
  if (typeof (value as { readonly toJSON?: unknown }).toJSON === 'function') throw new Fault('a method toJSON')
  if (levelsLeft === 0) throw new Fault(`nested too deeply: at most ${MOST_LEVELS} levels can be stored`)
}

/** @throws Fault for a member name that UTF-8 cannot encode */
export function assertMemberName(name: string): void {
  if (!name.isWellFormed()) throw new Fault('a member name with a lone surrogate')
}

/**
 * Whether an object is a plain one: an object literal, parsed from JSON, or without a prototype; not a class instance.
 */
export function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
