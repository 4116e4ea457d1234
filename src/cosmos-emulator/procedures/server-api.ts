import { CALLS } from './realm/calls.ts'
import { COLLECTION } from './realm/collection.ts'
import { CONTEXT } from './realm/context.ts'
import { ES2015_ONLY } from './realm/es2015.ts'
import { JAVASCRIPT_QUERIES } from './realm/javascript-queries.ts'
import { LOCKS } from './realm/locks.ts'
import { STEPS } from './realm/steps.ts'

/**
 * The server's JavaScript API, as text that runs in a procedure's own realm: `getContext()`, `__`, `console` and
 * `Error`, and `$server`, by which the host runs the procedure step by step. It is a text, so that the functions and
 * errors that a procedure meets belong to its own realm.
 *
 * @see https://azure.github.io/azure-cosmosdb-js-server/
 */
export const SERVER_API = `(function () {
  'use strict'
${LOCKS}
${CALLS}
${COLLECTION}
${CONTEXT}
${JAVASCRIPT_QUERIES}
${ES2015_ONLY}
${STEPS}
}).call(globalThis)`
