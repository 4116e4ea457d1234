import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Personal, PersonalMembers, PersonalRule } from '../../core/events/sealing/personal-types.ts'
import type { DataOf, EventTypes, PublicOf } from '../../core/events/types.ts'
import type { Json } from '../../core/json/json.ts'

/** Any Standard Schema of one parameter whose output is JSON. Where its input may be undefined, it is optional. */
// biome-ignore lint/suspicious/noExplicitAny: the input of a schema is its own business
export type ParameterSchema = StandardSchemaV1<any, Json | undefined>

/** The parameters of an operation, each with its schema: the members of the data of the event that a call becomes. */
export type Parameters = { readonly [parameter: string]: ParameterSchema }

/** An operation of which there is more to say than its parameters. */
export interface DescribedOperation<P> {
  readonly params: P
  /** The version of the parameters, 1 by default. A later one needs the upcasters from all earlier ones. */
  readonly version?: number
  // biome-ignore lint/suspicious/noExplicitAny: data of a shape that no type describes any more
  readonly upcast?: { readonly [fromVersion: number]: (data: any) => unknown }
  /** The parameters that are about a person, or about several; see `PersonalRule`. */
  readonly personal?: PersonalRule<ParametersOut<P>> | readonly PersonalRule<ParametersOut<P>>[]
  /** The parameters whose values are stored in a payload store instead of the event. */
  readonly apart?: readonly (keyof P)[]
}

/** Operations by name. */
export type OperationDefinitions = {
  readonly [operation: string]: Parameters | { readonly params: Parameters }
}

/** What definitions must be, so that the functions in them get the parameters of their operation. */
export type Definable<P> = { readonly [Operation in keyof P]: P[Operation] | DescribedOperation<P[Operation]> }

type ParametersOf<Definition> = Definition extends { readonly params: infer P extends Parameters } ? P : Definition

type In<Schema> = Schema extends ParameterSchema ? StandardSchemaV1.InferInput<Schema> : never
type Out<Schema> = Schema extends ParameterSchema ? StandardSchemaV1.InferOutput<Schema> : never

// Inferred, so that the compiler prints the members and not how they are found.
type Flat<T> = T extends infer All ? { [Member in keyof All]: All[Member] } : never

// A parameter that may be undefined is optional.
type Flattened<Values> = Flat<
  { [Name in keyof Values as undefined extends Values[Name] ? never : Name]: Values[Name] } & {
    [Name in keyof Values as undefined extends Values[Name] ? Name : never]?: Values[Name]
  }
>

type ParametersIn<P> = Flattened<{ -readonly [Name in keyof P]: In<P[Name]> }>
type ParametersOut<P> = Flattened<{ -readonly [Name in keyof P]: Out<P[Name]> }>

/** The data of operations by their names, as `EventTypes` has it by the names of event types. */
export type OperationsOf<D> = {
  [Operation in keyof D]: WithPersonal<
    DataOf<ParametersIn<ParametersOf<D[Operation]>>, ParametersOut<ParametersOf<D[Operation]>>>,
    PersonalMembers<D[Operation]>
  >
}

type WithPersonal<Data, Members extends string> = [Members] extends [never] ? Data : Personal<Data, Members>

/** The event types of a contract: `shop.shipment.orderPlaced`. */
export type ContractEvents<Uri extends string, O extends EventTypes> = {
  [Operation in keyof O & string as `${Uri}.${Operation}`]: O[Operation]
}

/** The parameters that all operations have and that are about no person: what may decide on the stream of a call. */
// The compiler first compares with a `D` that it has not inferred yet.
export type SharedParameters<D> = OperationDefinitions extends D
  ? // biome-ignore lint/suspicious/noExplicitAny: of operations that are not known, any parameter may be shared
    any
  : SharedBy<PublicOf<OperationsOf<D>[keyof D]>>

// `keyof` a union is what its members share.
type SharedBy<Data> = Pick<Data, keyof Data>
