/**
 * Part of the text that runs in a procedure's realm: the way to the host, the queue of calls, and an `Error` that takes a
 * number. Calls answer through their callbacks after the function that made them has returned.
 */
export const CALLS = `
  var realm = this
  var host = $host
  var NativeError = Error
  var parse = JSON.parse
  var stringify = JSON.stringify
  var queue = []
  delete realm.$host

  function define(name, value) {
    Object.defineProperty(realm, name, { value: value, writable: true, configurable: true, enumerable: false })
  }

  // new Error(number, message) as in the engine of the service; the number becomes the answer's substatus.
  function NumberedError(number, message) {
    var numbered = arguments.length > 1 && typeof number === 'number'
    var text = numbered ? message : number
    var target = new.target === undefined ? NumberedError : new.target
    var error = Reflect.construct(NativeError, text === undefined ? [] : [text], target)
    if (numbered) error.number = number
    return error
  }
  NumberedError.prototype = NativeError.prototype
  NumberedError.captureStackTrace = NativeError.captureStackTrace
  Object.defineProperty(NativeError.prototype, 'constructor', { value: NumberedError, writable: true, configurable: true })
  Object.defineProperty(NumberedError, 'name', { value: 'Error' })
  define('Error', NumberedError)

  function bad(message) {
    return new NumberedError(400, message)
  }

  function call(operation, argument) {
    var answer = parse(host(operation, stringify(argument)))
    if (!answer.error) return answer
    var error = new NumberedError(answer.error.number, answer.error.body)
    error.body = answer.error.body
    throw error
  }

  function enqueue(operation, argument, callback) {
    if (!call('accept', { operation: operation }).accepted) return false
    queue.push(function () {
      var answer
      try {
        answer = call(operation, argument)
      } catch (error) {
        if (callback === undefined) throw error
        return callback(error)
      }
      if (callback === undefined) return
      if (operation === 'delete') callback(undefined, answer.options)
      else callback(undefined, answer.resource, answer.options)
    })
    return true
  }

  function optionsAndCallback(options, callback) {
    if (callback === undefined && typeof options === 'function') return { options: {}, callback: options }
    if (options !== undefined && (typeof options !== 'object' || options === null)) {
      throw bad('The "options" parameter must be of type "object". Actual type is: "' + typeof options + '".')
    }
    if (callback !== undefined && typeof callback !== 'function') {
      throw bad('The "callback" parameter must be of type "function". Actual type is: "' + typeof callback + '".')
    }
    return { options: options || {}, callback: callback }
  }
`
