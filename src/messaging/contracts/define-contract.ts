import { InvalidDefinition } from '../../core/errors/input.ts'
import { defineEvents } from '../../core/events/define-events.ts'
import type { DataSchema, DescribedSchema, EventDefinitions } from '../../core/events/definition-types.ts'
import { personalOf } from '../../core/events/describe.ts'
import type { EventSet, EventTypes } from '../../core/events/types.ts'
import type {
  ContractEvents,
  Definable,
  OperationDefinitions,
  OperationsOf,
  Parameters,
  SharedParameters,
} from './contract-types.ts'
import { operationSchema } from './operation-schema.ts'
import { createStreamOf } from './stream-of.ts'

/** The typed operations that a producer and its consumers share, created by `defineContract`. */
export interface Contract<Uri extends string = string, O extends EventTypes = EventTypes> {
  readonly uri: Uri
  /** The parameters of each operation, each with its schema. */
  readonly operations: { readonly [Operation in keyof O & string]: Parameters }
  /** The events that calls become, for projections, aggregates and reactions: `shop.shipment.orderPlaced`. */
  readonly events: EventSet<ContractEvents<Uri, O>>
  /**
   * The id of the stream that a call is appended to.
   *
   * @param parameters as they were validated
   * @throws InvalidDefinition if the function reads a parameter that not all operations have; InvalidStreamId
   */
  streamOf(parameters: object): string
}

const URI = /^[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)*$/
const MAX_URI = 80
const OPERATION = /^[A-Za-z][A-Za-z0-9]*$/
const MAX_OPERATION = 80

/**
 * Defines the operations that producers call and consumers handle. A call becomes one event, whose data are the
 * parameters, so an operation may have earlier versions, personal parameters, and parameters that are stored apart from
 * the event, as event types have.
 *
 * @param uri lower-case words joined by `.`, 1 to 80 characters: the address on a bus, and a part of the names of events
 *   and groups, so it is stored
 * @throws InvalidDefinition for an invalid uri or name of an operation, for no operations, a parameter without a schema,
 *   a version without all its upcasters, or a personal parameter that the operation does not have
 */
export function defineContract<
  const Uri extends string,
  const P extends { readonly [operation: string]: Parameters },
  const D extends OperationDefinitions,
>(
  uri: Uri,
  definition: {
    /**
     * The operations by name. Each has its parameters, each with a Standard Schema, or `params` with these, and what
     * else there is to say.
     */
    readonly ops: Definable<P> & D
    /** The id of the stream of a call. Calls of one stream are handled in order; others are handled at once. */
    readonly stream: (parameters: SharedParameters<D>) => string
  },
): Contract<Uri, OperationsOf<D>> {
  if (typeof uri !== 'string' || uri.length > MAX_URI || !URI.test(uri)) {
    throw new InvalidDefinition(
      `${JSON.stringify(uri)} cannot be the uri of a contract: lower-case words of letters and digits joined by ., ` +
        `1 to ${MAX_URI} characters, so that every bus can have it as an address`,
    )
  }
  const { ops, stream } = definition ?? {}
  const operations = Object.entries<unknown>(ops ?? {})
  if (operations.length === 0) throw new InvalidDefinition(`Contract ${uri} has no operations; define at least one`)
  if (typeof stream !== 'function') throw new InvalidDefinition(`Contract ${uri}: stream must be a function`)
  const parameters: Record<string, Parameters> = {}
  const definitions: Record<string, DataSchema | DescribedSchema> = {}
  for (const [name, operation] of operations) {
    assertOperation(uri, name, operation)
    const { params, ...described }: Described = isDescribed(operation) ? operation : { params: operation as Parameters }
    assertParameters(uri, name, params)
    parameters[name] = params
    definitions[`${uri}.${name}`] = { ...described, schema: operationSchema(params) }
  }
  const events = defineEvents(definitions as never) as unknown as EventSet<EventTypes>
  return {
    uri,
    operations: parameters as never,
    events: events as never,
    streamOf: createStreamOf(uri, stream as (parameters: object) => string, parameters, personalParameters(events)),
  }
}

/** An operation whose `params` is no schema but the map of them. */
type Described = Omit<DescribedSchema, 'schema'> & { readonly params: Parameters }

const isDescribed = (operation: object): operation is Described => 'params' in operation && !isSchema(operation.params)

// arktype's schemas are functions, others are objects.
const isSchema = (value: unknown): boolean =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value

function assertOperation(uri: string, name: string, operation: unknown): asserts operation is object {
  // What has a method `then` would be awaited.
  if (name.length > MAX_OPERATION || !OPERATION.test(name) || name === 'then') {
    throw new InvalidDefinition(
      `Contract ${uri}: ${JSON.stringify(name)} cannot name an operation: letters and digits, beginning with a letter, ` +
        `1 to ${MAX_OPERATION} characters, and not 'then'`,
    )
  }
  if (typeof operation !== 'object' || operation === null) {
    throw new InvalidDefinition(`Contract ${uri}: operation ${name} must be an object of schemas, one per parameter`)
  }
}

function assertParameters(uri: string, name: string, parameters: unknown): void {
  const isMap = typeof parameters === 'object' && parameters !== null && !isSchema(parameters)
  if (!isMap) throw new InvalidDefinition(`Contract ${uri}: operation ${name} needs a schema for each parameter`)
  const without = Object.entries(parameters).find(([, schema]) => !isSchema(schema))
  if (without === undefined) return
  throw new InvalidDefinition(`Contract ${uri}: parameter ${without[0]} of operation ${name} needs a Standard Schema`)
}

function personalParameters({ definitions }: { readonly definitions: EventDefinitions }): ReadonlySet<string> {
  const rules = Object.values(definitions).flatMap(personalOf)
  return new Set(rules.flatMap(({ fields }) => Object.keys(fields)))
}
