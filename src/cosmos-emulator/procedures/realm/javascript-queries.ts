/**
 * Part of the text that runs in a procedure's realm: queries in JavaScript, such as `__.filter(…)`. Their steps are
 * applied to the partition's documents, and a page is cut from what comes out.
 */
export const JAVASCRIPT_QUERIES = `
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
  define('__', root)
`
