// What came to JavaScript after ES2015. It would slip into a procedure without being new syntax.
const LATER: Readonly<Record<string, string>> = {
  '': 'Atomics BigInt BigInt64Array BigUint64Array FinalizationRegistry globalThis Iterator SharedArrayBuffer WeakRef',
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
  names.split(' ').map((name) => `  delete ${owner || 'realm'}.${name}`),
)

/**
 * Part of the text that runs in a procedure's realm: takes away the built-ins that are later than ES2015, the edition
 * that Microsoft names, and `WebAssembly`, which is no part of the language.
 *
 * @see https://learn.microsoft.com/azure/cosmos-db/nosql/stored-procedures-triggers-udfs
 */
export const ES2015_ONLY = `
${deletions.join('\n')}
  delete realm.WebAssembly
`
