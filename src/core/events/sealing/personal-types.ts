import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { JsonObject } from '../../json/json.ts'
import type { DataSchema, SchemaOf } from '../definition-types.ts'

/**
 * Which members of some data are about a person. They are sealed under a key of that person, so that forgetting the key
 * makes them unreadable wherever they are.
 */
export type PersonalRule<Data = JsonObject> = {
  /**
   * The person's opaque id, such as a customer number: it stays readable, so it must say nothing about the person. Null
   * or undefined if the data is about no person; the members then stay as they are.
   */
  readonly of: (data: Data) => string | null | undefined
  /**
   * The members, each with the stand-in that readers get once the person was forgotten. Members of earlier versions of
   * the schema stay here, too.
   */
  readonly fields: { readonly [Member in keyof Data]?: Data[Member] }
}

declare const personal: unique symbol

/** In a map of event types: data of which some members are personal. */
export interface Personal<Data, Members extends string> {
  readonly [personal]: readonly [Data, Members]
}

/** The names of the personal members of a definition. */
export type PersonalMembers<Definition> = Definition extends { readonly personal: infer Rules }
  ? Rules extends readonly (infer Rule)[]
    ? FieldsOf<Rule>
    : FieldsOf<Rules>
  : never

// One rule after the other, because `keyof` a union has only what they share.
type FieldsOf<Rule> = Rule extends { readonly fields: infer Fields } ? keyof Fields & string : never

/** What definitions must be, so that a rule's function gets the data of its schema. */
export type Definable<S> = { readonly [T in keyof S]: S[T] | Described<S[T], OutputOfSchema<S[T]>> }

interface Described<Schema, Data> {
  readonly schema: Schema
  readonly version?: number
  // biome-ignore lint/suspicious/noExplicitAny: data of a shape that no type describes any more
  readonly upcast?: { readonly [fromVersion: number]: (data: any) => unknown }
  readonly personal?: PersonalRule<Data> | readonly PersonalRule<Data>[]
  readonly apart?: readonly (keyof Data)[]
}

type OutputOfSchema<S> = S extends DataSchema ? StandardSchemaV1.InferOutput<S> : never

/** What the compiler says of definitions that are wrong: a text that names the mistake. */
// A template, since the compiler would look for `D` in anything else.
export type Checked<D> = [Fault<D>] extends [never] ? unknown : `${Fault<D> & string}`

type Fault<D> = { [T in keyof D]: FaultOf<T & string, D[T]> }[keyof D]

type FaultOf<T extends string, Definition> = Definition extends { readonly upcast: unknown }
  ? MemberFault<T, Definition>
  : Definition extends { readonly version: number }
    ? Definition extends { readonly version: 1 }
      ? MemberFault<T, Definition>
      : `${T} has a version, but no upcasters from earlier ones`
    : MemberFault<T, Definition>

type MemberFault<T extends string, Definition> =
  UnknownMember<Definition> extends infer Member extends string
    ? `${Member} is not a member of the data of ${T}`
    : never

type UnknownMember<Definition> =
  | UnknownPersonalMember<Definition>
  | Exclude<ApartMembers<Definition>, keyof DataOfDefinition<Definition>>

// Members of earlier versions are in no schema.
type UnknownPersonalMember<Definition> = Definition extends { readonly version: number }
  ? never
  : Exclude<PersonalMembers<Definition>, keyof DataOfDefinition<Definition>>

type ApartMembers<Definition> = Definition extends { readonly apart: readonly (infer Member)[] } ? Member : never

type DataOfDefinition<Definition> = StandardSchemaV1.InferOutput<SchemaOf<Definition>>
