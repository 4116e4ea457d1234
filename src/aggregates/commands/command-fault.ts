import type { EventTypes, InputOf, NewEvent } from '../../core/events/types.ts'

// Only the compiler comes here, and only when a command does not fit: where it could only print all types of the
// aggregate's events, it prints one of these texts.

/** What is wrong with what a command returns; `R` itself, where nothing is. */
export type CommandFault<R, E extends EventTypes> = [Extract<R, PromiseLike<unknown>>] extends [never]
  ? [R & (undefined | null)] extends [never]
    ? FaultOr<R, EventFault<R extends readonly (infer Item)[] ? Item : R, E>>
    : ReturnsNothing
  : IsAsync

type IsAsync = 'Async commands are not supported: fetch what the command needs first, then decide'

type ReturnsNothing = 'A command must return an event, a list of events, or [] for none'

type FaultOr<R, Fault> = [Fault] extends [never] ? R : Fault

type EventFault<Event, E extends EventTypes> =
  Event extends NewEvent<E>
    ? never
    : Event extends { readonly type: infer T extends string }
      ? T extends keyof E & string
        ? Event extends { readonly data: infer Data }
          ? DataFault<T, Given<Data>, InputOf<E[T]>>
          : `${T} needs data`
        : string extends T
          ? 'Give the command an annotation, CommandOf<typeof aggregate>, or make its events with create'
          : `There is no event type '${T}'${DidYouMean<T, keyof E & string>}`
      : ReturnsNothing

// The compiler itself adds what the other objects of a list or a conditional have, as `undefined`.
type Given<Data> = { [Field in keyof Data as Data[Field] extends undefined ? never : Field]: Data[Field] }

type DataFault<T extends string, Data, Input> = Data extends Input
  ? never
  : [Exclude<keyof Data, keyof Input>] extends [never]
    ? FieldFaults<T, Data, Input>[keyof Input & string]
    : UnknownField<T, Exclude<keyof Data, keyof Input> & string, keyof Input & string>

type FieldFaults<T extends string, Data, Input> = {
  [Field in keyof Input & string]-?: Field extends keyof Data
    ? Data[Field] extends Input[Field]
      ? never
      : `${T}: ${Field} must be ${NameOf<Input[Field]>}`
    : undefined extends Input[Field]
      ? never
      : `${T}: ${Field} is missing`
}

type UnknownField<T extends string, Field extends string, Known extends string> = Field extends string
  ? `${T} has no field '${Field}'${DidYouMean<Field, Known>}`
  : never

type NameOf<Value> = [Value] extends [string | undefined]
  ? 'a string'
  : [Value] extends [number | undefined]
    ? 'a number'
    : [Value] extends [boolean | undefined]
      ? 'true or false'
      : 'of the type that its schema takes'

type DidYouMean<Name extends string, Known extends string> = [Nearest<Name, Known>] extends [never]
  ? ''
  : `. Did you mean '${Nearest<Name, Known>}'?`

type Nearest<Name extends string, Known extends string> = Known extends string
  ? IsNear<Lowercase<Name>, Lowercase<Known>> extends true
    ? Known
    : never
  : never

/** Whether two names differ by one letter at most: one too few, one too many, or another. */
type IsNear<A extends string, B extends string> = A extends `${infer FirstA}${infer RestA}`
  ? B extends `${infer FirstB}${infer RestB}`
    ? FirstA extends FirstB
      ? IsNear<RestA, RestB>
      : A extends RestB | `${FirstA}${RestB}`
        ? true
        : B extends RestA
          ? true
          : false
    : RestA extends ''
      ? true
      : false
  : B extends `${string}${infer RestB}`
    ? RestB extends ''
      ? true
      : false
    : true
