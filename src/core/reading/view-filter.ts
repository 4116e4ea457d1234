import type { FieldOperators, Filter, Scalar } from './filter.ts'

// Levels of names that are distinguished; deeper ones are any text, since types that contain themselves have no end.
type Deepest = 4

/**
 * The paths that lead to scalars of a view `V`, such as `address.city`: through objects and optional members, never into
 * arrays. Where a type is open (`unknown`, `any`, JSON, a record), any text is a path.
 */
export type FieldPath<V> = unknown extends V ? string : PathOf<V, []>

/** What {@link FieldPath} leads to. Of a union of objects, the paths of all its members. */
type PathOf<T, Above extends readonly unknown[]> = T extends Scalar | undefined | readonly unknown[]
  ? never
  : string extends keyof T
    ? string
    : Above['length'] extends Deepest
      ? string
      : { [K in keyof T & string]-?: PathAt<K, T[K], Above> }[keyof T & string]

// A name with a dot in it cannot be told from a path.
type PathAt<K extends string, Member, Above extends readonly unknown[]> = K extends `${string}.${string}`
  ? never
  : unknown extends Member
    ? K | `${K}.${string}`
    : ([Extract<Member, Scalar>] extends [never] ? never : K) | `${K}.${PathOf<Member, [...Above, K]>}`

/** The scalars that a view `V` can have at a path. */
export type FieldValue<V, Path extends string> = unknown extends V
  ? Scalar
  : V extends Scalar | undefined | readonly unknown[]
    ? never
    : string extends keyof V
      ? RecordValue<V[keyof V]>
      : Path extends keyof V
        ? unknown extends V[Path]
          ? Scalar
          : Extract<V[Path], Scalar>
        : string extends Path
          ? Scalar
          : Path extends `${infer K}.${infer Rest}`
            ? K extends keyof V
              ? FieldValue<V[K], Rest>
              : never
            : never

// A path into a record does not say which of its levels it ends at.
type RecordValue<T> = [T] extends [Scalar | undefined] ? Exclude<T, undefined> : Scalar

type Bound<T> = T extends string ? string : T extends number ? number : never

/** Operators for a field whose scalars are `T`. */
export type OperatorsOn<T extends Scalar> = {
  readonly [Operator in keyof FieldOperators]?: Operator extends 'in'
    ? readonly T[]
    : Operator extends 'ne'
      ? T
      : Bound<T>
}

type ConditionOn<V, Path extends string> = string extends Path
  ? Filter[string]
  :
      | (Path extends FieldPath<V> ? FieldValue<V, Path> | OperatorsOn<FieldValue<V, Path>> : never)
      | (Path extends 'or' ? readonly ViewFilter<V>[] : never)

/** A {@link Filter} whose paths and values are those of a view `V`. */
export type ViewFilter<V> = { readonly [Path in FieldPath<V> | 'or']?: ConditionOn<V, Path> }
