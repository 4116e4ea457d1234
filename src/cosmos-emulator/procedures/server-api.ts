import { CALLS } from './realm/calls.ts'
import { COLLECTION } from './realm/collection.ts'
import { CONTEXT } from './realm/context.ts'
import { ES2015_ONLY } from './realm/es2015.ts'
import { JAVASCRIPT_QUERIES } from './realm/javascript-queries.ts'

/**
 * The server's JavaScript API, as text that runs in a procedure's own realm: `getContext()`, `__`, `console` and
 * `Error`, over one function of the host, `$host(operation, argumentAsJson)`, which answers JSON. It is a text, so that
 * the functions and errors that a procedure meets belong to its own realm.
 *
 * @see https://azure.github.io/azure-cosmosdb-js-server/
 */
export const SERVER_API = `(function () {
  'use strict'
${CALLS}
${COLLECTION}
${CONTEXT}
${JAVASCRIPT_QUERIES}
${ES2015_ONLY}
  // The host's way in: runs the function, then the callbacks one by one; the answer is the body as JSON.
  define('$server', {
    start: function (procedure, json) {
      parameters = parse(json)
      procedure.apply(undefined, parameters)
      this.pump()
    },
    pump: function () {
      for (var next = queue.shift(); next !== undefined; next = queue.shift()) next()
      if (aborted !== undefined) throw aborted.error
    },
    body: function () {
      return body === undefined || body === null ? undefined : stringify(body)
    },
  })
}).call(globalThis)`
