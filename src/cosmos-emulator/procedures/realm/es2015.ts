const GLOBALS = `
  Array ArrayBuffer Boolean DataView Date Error EvalError Float32Array Float64Array Function Infinity Int16Array
  Int32Array Int8Array Intl JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set
  String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet
  decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval isFinite isNaN parseFloat parseInt undefined
  unescape
  $input __ console getContext`

// What came to the built-ins of ES2015 later. It would slip into a procedure without being new syntax.
const LATER: Readonly<Record<string, string>> = {
  Array: 'fromAsync',
  'Array.prototype': 'at findLast findLastIndex flat flatMap includes toReversed toSorted toSpliced with',
  Map: 'groupBy',
  Object: 'entries fromEntries getOwnPropertyDescriptors groupBy hasOwn values',
  Promise: 'allSettled any try withResolvers',
  'Promise.prototype': 'finally',
  RegExp: 'escape',
  'Set.prototype': 'difference intersection isDisjointFrom isSubsetOf isSupersetOf symmetricDifference union',
  'String.prototype':
    'at isWellFormed matchAll padEnd padStart replaceAll toWellFormed trimEnd trimLeft trimRight trimStart',
}

const deletions = Object.entries(LATER).flatMap(([owner, names]) =>
  names.split(' ').map((name) => `  delete ${owner}.${name}`),
)

/**
 * Part of the text that runs in a procedure's realm: leaves only the globals of ES2015, the edition that Microsoft names,
 * and takes away the later members of these. Whatever a new version of the engine brings is taken away, too.
 *
 * @see https://learn.microsoft.com/azure/cosmos-db/nosql/stored-procedures-triggers-udfs
 */
export const ES2015_ONLY = `
${deletions.join('\n')}
  var globals = ${JSON.stringify(GLOBALS.trim().split(/\s+/))}
  Object.getOwnPropertyNames(realm).forEach(function (name) {
    // What a flag of Node.js adds, such as gc, cannot be deleted.
    if (globals.indexOf(name) < 0 && !Reflect.deleteProperty(realm, name)) realm[name] = undefined
  })
`
