import { queryError } from '../errors.ts'
import { functionNamed } from '../functions/index.ts'
import type { Expression, Query } from '../language/ast.ts'
import { aggregateNamed } from './aggregates.ts'
import type { Evaluate, Frame, Scope } from './frame.ts'
import { likePattern } from './like.ts'
import { and, BINARY_OPERATORS, or, UNARY_OPERATORS } from './operators.ts'
import { equals, member, type Value } from './values.ts'

/** Compiles a query within an expression to what gives its rows; given by the compiler of queries. */
export type CompileQuery = (query: Query, scope: Scope) => (frame: Frame) => Value[]

/** @throws CosmosError 400 for unknown names and functions, and for aggregates where none may stand */
export function compileExpression(expression: Expression, scope: Scope, compileQuery: CompileQuery): Evaluate {
  const compile = (inner: Expression): Evaluate => compileExpression(inner, scope, compileQuery)
  switch (expression.type) {
    case 'literal':
      return () => expression.value
    case 'parameter':
      scope.program.parameters.add(expression.name)
      return ({ parameters }) => parameters.get(expression.name)
    case 'name':
      return compileName(expression, scope)
    case 'member':
      return compileMember(compile(expression.object), expression.property, compile)
    case 'call':
      return compileCall(expression, scope, compileQuery)
    case 'unary': {
      const operand = compile(expression.operand)
      const operator = UNARY_OPERATORS[expression.operator] as (operand: Value) => Value
      return (frame) => operator(operand(frame))
    }
    case 'binary':
      return compileBinary(expression.operator, compile(expression.left), compile(expression.right))
    case 'conditional': {
      const [test, whenTrue, otherwise] = [expression.test, expression.whenTrue, expression.otherwise].map(compile)
      return (frame) => (test?.(frame) === true ? whenTrue?.(frame) : otherwise?.(frame))
    }
    case 'between': {
      const inside = compileBinary(
        'AND',
        compileBinary('>=', compile(expression.value), compile(expression.low)),
        compileBinary('<=', compile(expression.value), compile(expression.high)),
      )
      return expression.negated ? negate(inside) : inside
    }
    case 'in': {
      const value = compile(expression.value)
      const options = expression.options.map(compile)
      const isIn: Evaluate = (frame) => {
        const wanted = value(frame)
        if (wanted === undefined) return undefined
        return options.some((option) => equals(wanted, option(frame)) === true)
      }
      return expression.negated ? negate(isIn) : isIn
    }
    case 'like':
      return compileLike(compile(expression.value), compile(expression.pattern), expression)
    case 'array': {
      const elements = expression.elements.map(compile)
      return (frame) => elements.map((element) => element(frame)).filter((value) => value !== undefined)
    }
    case 'object':
      return compileObject(expression.members.map(([name, value]) => [name, compile(value)]))
    case 'subquery': {
      scope.program.canRunLong = true
      const rows = compileQuery(expression.query, { ...scope, aggregates: undefined })
      if (expression.kind === 'exists') return (frame) => rows(frame).length > 0
      return expression.kind === 'array' ? (frame) => rows(frame) as Value : (frame) => rows(frame)[0]
    }
  }
}

/** An object of those members that are defined. */
export function compileObject(members: readonly (readonly [name: string, value: Evaluate])[]): Evaluate {
  return (frame) => {
    const object: { [name: string]: Value } = {}
    for (const [name, evaluate] of members) {
      const value = evaluate(frame)
      if (value === undefined) continue
      // A plain assignment to this one name would set the prototype instead.
      if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true, configurable: true })
      else object[name] = value
    }
    return object as Value
  }
}

function compileName({ name, location }: Expression & { type: 'name' }, { slots }: Scope): Evaluate {
  const slot = slots.get(name)
  if (slot === undefined) throw queryError('SC2001', `Identifier '${name}' could not be resolved.`, location)
  return ({ values }) => values[slot]
}

function compileMember(object: Evaluate, property: Expression, compile: (inner: Expression) => Evaluate): Evaluate {
  if (property.type === 'literal') {
    const { value } = property
    return (frame) => member(object(frame), value)
  }
  const name = compile(property)
  return (frame) => member(object(frame), name(frame))
}

function compileCall(call: Expression & { type: 'call' }, scope: Scope, compileQuery: CompileQuery): Evaluate {
  const start = aggregateNamed(call.name)
  if (start !== undefined) {
    const [argument] = call.args
    if (scope.aggregates === undefined || argument === undefined || call.args.length > 1) {
      throw queryError('SC2104', `Aggregate function '${call.name}' is not allowed here.`, call.location)
    }
    const inner = compileExpression(argument, { ...scope, aggregates: undefined }, compileQuery)
    const index = scope.aggregates.push({ start, argument: inner }) - 1
    return ({ aggregates }) => aggregates[index]
  }
  const called = functionNamed(call.name, call.args.length, call.location)
  if (call.name === 'REGEXMATCH') scope.program.canRunLong = true
  const args = call.args.map((arg) => compileExpression(arg, scope, compileQuery))
  const [first, second] = args
  if (first !== undefined && args.length === 1) return (frame) => called(first(frame))
  if (first !== undefined && second !== undefined && args.length === 2) {
    return (frame) => called(first(frame), second(frame))
  }
  return (frame) => called(...args.map((arg) => arg(frame)))
}

function compileBinary(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  if (operator === 'AND') {
    return (frame) => {
      const value = left(frame)
      return value === false ? false : and(value, right(frame))
    }
  }
  if (operator === 'OR') {
    return (frame) => {
      const value = left(frame)
      return value === true ? true : or(value, right(frame))
    }
  }
  if (operator === '??') {
    return (frame) => {
      const value = left(frame)
      return value === undefined ? right(frame) : value
    }
  }
  const apply = BINARY_OPERATORS[operator] as (left: Value, right: Value) => Value
  return (frame) => apply(left(frame), right(frame))
}

function negate(evaluate: Evaluate): Evaluate {
  return (frame) => {
    const value = evaluate(frame)
    return typeof value === 'boolean' ? !value : undefined
  }
}

function compileLike(
  value: Evaluate,
  pattern: Evaluate,
  { escape: escapedBy, negated }: { readonly escape: string | undefined; readonly negated: boolean },
): Evaluate {
  let last: { readonly like: string; readonly matches: (text: string) => boolean } | undefined
  return (frame) => {
    const text = value(frame)
    const like = pattern(frame)
    if (typeof text !== 'string' || typeof like !== 'string') return undefined
    if (last?.like !== like) last = { like, matches: likePattern(like, escapedBy) }
    return last.matches(text) !== negated
  }
}
