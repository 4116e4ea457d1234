/**
 * The server's JavaScript API, as text that runs in a procedure's own realm: `getContext()`, `__`, `console` and an
 * `Error` that takes a number, over one function of the host, `$host(operation, argumentsAsJson)`, which answers JSON.
 * Calls are queued and answer through their callbacks after the function that made them has returned.
 *
 * What came to JavaScript after ES2015, the edition that Microsoft names, is taken away: it would slip into a procedure
 * without being new syntax.
 *
 * @see https://azure.github.io/azure-cosmosdb-js-server/ for the API, and utils/DocDbWrapperScript.js of its repository
 * for what the service itself makes of its arguments
 */
export const SERVER_API = `(function () {
  'use strict'
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

  function enough(name, least, args) {
    if (args.length >= least) return
    throw bad(
      'The function "' + name + '" requires at least ' + least + ' argument(s) but was called with ' + args.length + ' argument(s).'
    )
  }

  function collectionLink(link) {
    if (link === collection.getSelfLink() || link === collection.getAltLink()) return
    throw bad('Function is not allowed to operate on resources outside current collection. Link: "' + link + '".')
  }

  function documentLink(link) {
    if (typeof link !== 'string') throw bad('Invalid document link: "' + link + '".')
    var isOurs = [collection.getSelfLink(), collection.getAltLink()].some(function (own) {
      return link.indexOf(own) === 0
    })
    if (isOurs) return
    throw bad('Function is not allowed to operate on resources outside current collection. Link: "' + link + '".')
  }

  function documentBody(body, options) {
    if (body === null || (typeof body !== 'object' && typeof body !== 'string')) {
      throw bad('The document body must be an object or a string representing a JSON-serialized object.')
    }
    var object = typeof body === 'string' ? parse(body) : body
    if (options.disableAutomaticIdGeneration === true || object.id) return object
    return Object.assign({}, object, { id: call('newId', {}).id })
  }

  function feedArgument(options) {
    return { pageSize: options.pageSize, continuation: options.continuation }
  }

  var collection = {
    getSelfLink: function () {
      return call('links', {}).selfLink
    },
    getAltLink: function () {
      return call('links', {}).altLink
    },
    readDocument: function (link, options, callback) {
      enough('readDocument', 1, arguments)
      documentLink(link)
      var given = optionsAndCallback(options, callback)
      return enqueue('read', { link: link, ifNoneMatch: given.options.ifNoneMatch }, given.callback)
    },
    readDocuments: function (link, options, callback) {
      enough('readDocuments', 1, arguments)
      collectionLink(link)
      var given = optionsAndCallback(options, callback)
      return enqueue('query', Object.assign(feedArgument(given.options), { query: 'SELECT * FROM c' }), given.callback)
    },
    queryDocuments: function (link, query, options, callback) {
      enough('queryDocuments', 2, arguments)
      collectionLink(link)
      var given = optionsAndCallback(options, callback)
      if (typeof query !== 'string' && (typeof query !== 'object' || query === null)) {
        throw bad('The "filterQuery" parameter must be of type "string" or "object". Actual type is: "' + typeof query + '".')
      }
      var asked = typeof query === 'string' ? { query: query } : { query: query.query, parameters: query.parameters }
      return enqueue('query', Object.assign(feedArgument(given.options), asked), given.callback)
    },
    createDocument: function (link, body, options, callback) {
      enough('createDocument', 2, arguments)
      collectionLink(link)
      var given = optionsAndCallback(options, callback)
      return enqueue('create', { body: documentBody(body, given.options) }, given.callback)
    },
    upsertDocument: function (link, body, options, callback) {
      enough('upsertDocument', 2, arguments)
      collectionLink(link)
      var given = optionsAndCallback(options, callback)
      var argument = { body: documentBody(body, given.options), etag: given.options.etag }
      return enqueue('upsert', argument, given.callback)
    },
    replaceDocument: function (link, body, options, callback) {
      enough('replaceDocument', 2, arguments)
      documentLink(link)
      var given = optionsAndCallback(options, callback)
      var argument = {
        link: link,
        body: documentBody(body, { disableAutomaticIdGeneration: true }),
        etag: given.options.etag,
      }
      return enqueue('replace', argument, given.callback)
    },
    deleteDocument: function (link, options, callback) {
      enough('deleteDocument', 1, arguments)
      documentLink(link)
      var given = optionsAndCallback(options, callback)
      return enqueue('delete', { link: link, etag: given.options.etag }, given.callback)
    },
  }

  var body
  var parameters = []
  var MOST = 2 * 1024 * 1024

  function checkedSize(value) {
    var text = typeof value === 'object' && value !== null ? stringify(value) : String(value)
    if (text.length <= MOST) return value
    throw new NumberedError(
      413,
      'Resulting message would be too large because of "body". Return from script with current message and use ' +
        'continuation token to call the script again or modify your script.'
    )
  }

  var request = {
    getBody: function () {
      return stringify(parameters)
    },
  }
  var response = {
    getBody: function () {
      return body
    },
    setBody: function (value) {
      body = value === undefined || value === null ? value : checkedSize(value)
    },
    appendBody: function (value) {
      body = checkedSize(body === undefined || body === null ? value : body + value)
    },
  }
  var aborted
  var context = {
    getCollection: function () {
      return collection
    },
    getRequest: function () {
      return request
    },
    getResponse: function () {
      return response
    },
    abort: function (error) {
      aborted = { error: error }
      host('abort', '{}')
      throw error
    },
  }

  // Queries in JavaScript. Steps are applied to the partition's documents; a page is cut from what comes out.
  function steps(list) {
    function chained(kind) {
      return function () {
        return steps(list.concat([{ kind: kind, args: arguments }]))
      }
    }
    var chain = {}
    Object.keys(TRANSFORMS).forEach(function (kind) {
      chain[kind] = chained(kind)
    })
    chain.value = function (options, callback) {
      return { isAccepted: evaluate(list, options, callback) }
    }
    return chain
  }

  var TRANSFORMS = {
    filter: function (rows, args) {
      return rows.filter(function (row) {
        return args[0](row) === true
      })
    },
    map: function (rows, args) {
      return rows.map(function (row) {
        return args[0](row)
      })
    },
    pluck: function (rows, args) {
      return rows
        .map(function (row) {
          return row[args[0]]
        })
        .filter(function (value) {
          return value !== undefined
        })
    },
    flatten: function (rows, args) {
      return rows.reduce(function flat(all, row) {
        if (!Array.isArray(row)) return all.concat([row])
        return args[0] === true ? all.concat(row) : row.reduce(flat, all)
      }, [])
    },
    sortBy: function (rows, args) {
      return sorted(rows, args[0], 1)
    },
    sortByDescending: function (rows, args) {
      return sorted(rows, args[0], -1)
    },
    unwind: function (rows, args) {
      var select = args[1]
      return rows.reduce(function (all, row) {
        var inner = args[0](row) || []
        return all.concat(
          inner.map(function (element) {
            return typeof select === 'function' ? select(row, element) : element
          })
        )
      }, [])
    },
  }

  function sorted(rows, key, direction) {
    return rows
      .filter(function (row) {
        return key(row) !== undefined
      })
      .sort(function (a, b) {
        var x = key(a)
        var y = key(b)
        return x === y ? 0 : (x < y ? -1 : 1) * direction
      })
  }

  function evaluate(list, optionsIn, callbackIn) {
    var given = optionsAndCallback(optionsIn, callbackIn)
    var from = Number(given.options.continuation || 0)
    var size = given.options.pageSize || 100
    return enqueue('all', {}, function (error, rows, info) {
      if (error) {
        if (given.callback === undefined) throw error
        return given.callback(error)
      }
      var all = list.reduce(function (before, step) {
        return TRANSFORMS[step.kind](before, step.args)
      }, rows)
      var page = all.slice(from, from + size)
      if (from + size < all.length) info.continuation = String(from + size)
      if (given.callback === undefined) response.setBody(page)
      else given.callback(undefined, page, info)
    })
  }

  var root = Object.assign({}, collection, { request: request, response: response })
  root.chain = function () {
    return steps([])
  }
  Object.keys(TRANSFORMS).forEach(function (kind) {
    // As its last arguments, a step outside of a chain takes options and callback.
    root[kind] = function () {
      var args = Array.prototype.slice.call(arguments)
      var own = kind === 'unwind' && typeof args[1] === 'function' && args.length > 2 ? 2 : 1
      if (kind === 'flatten' && typeof args[0] !== 'boolean') own = 0
      return { isAccepted: evaluate([{ kind: kind, args: args.slice(0, own) }], args[own], args[own + 1]) }
    }
  })
  root.value = function (options, callback) {
    return { isAccepted: evaluate([], options, callback) }
  }

  define('getContext', function () {
    return context
  })
  define('__', root)
  define('console', {
    log: function (text) {
      var rest = Array.prototype.slice.call(arguments, 1)
      var line = String(text).replace(/%(%|s)/g, function (_, kind) {
        return kind === '%' ? '%' : String(rest.shift())
      })
      host('log', stringify(line))
    },
  })

  ;['values', 'entries', 'fromEntries', 'hasOwn', 'groupBy', 'getOwnPropertyDescriptors'].forEach(function (name) {
    delete Object[name]
  })
  ;('includes flat flatMap at findLast findLastIndex toSorted toReversed toSpliced with').split(' ').forEach(function (name) {
    delete Array.prototype[name]
  })
  ;('padStart padEnd trimStart trimEnd replaceAll matchAll at isWellFormed toWellFormed').split(' ').forEach(function (name) {
    delete String.prototype[name]
  })
  delete Promise.prototype.finally
  ;['allSettled', 'any', 'withResolvers', 'try'].forEach(function (name) {
    delete Promise[name]
  })
  ;('Atomics BigInt BigInt64Array BigUint64Array FinalizationRegistry globalThis Iterator SharedArrayBuffer WeakRef WebAssembly').split(' ').forEach(function (name) {
    delete realm[name]
  })

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
