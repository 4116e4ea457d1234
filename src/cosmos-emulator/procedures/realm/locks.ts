/**
 * Part of the text that runs in a procedure's realm: what a procedure must not change, since the host would run code of
 * its own in the middle of it.
 *
 * - Without a number in `Error.stackTraceLimit`, V8 makes no stack traces. Node.js would format each with a function of
 *   the host, whose own error, when the stack is exhausted, is an object of the host.
 * - `Promise[Symbol.species]` decides which constructor `then` calls.
 */
export const LOCKS = `
  var realm = this
  var NativeError = Error
  var NativePromise = Promise
  var then = Promise.prototype.then
  var apply = Reflect.apply
  var lock = Object.defineProperty
  lock(NativeError, 'stackTraceLimit', { value: undefined, writable: false, configurable: false })
  lock(NativePromise, Symbol.species, { value: NativePromise, writable: false, configurable: false })

  // Linked, as an array's elements can be given setters by way of its prototype.
  var promises
  function notePromise(promise) {
    promises = { promise: promise, before: promises }
    lock(promise, 'constructor', { value: NativePromise })
  }

  function silence() {
    for (; promises !== undefined; promises = promises.before) {
      apply(then, promises.promise, [undefined, function () {}])
    }
  }
`
